import { expect, it } from 'vitest';
import type { HubModel, ModelRecord } from '../../models';
import type { Download } from '../../state/hub.svelte';
import { amount, cameWords, day, roomWords, stageWords, storesOf, tightWords } from './words';

it('says where a model came from, and when', () => {
  expect(cameWords({ origin: 'opened from net.pth', date: '2026-03-04T12:00:00Z' } as ModelRecord)).toBe('Opened from net.pth, 4 March 2026');
  expect(cameWords({ origin: 'downloaded from example.org', date: 'some day' } as ModelRecord)).toBe('Downloaded from example.org');
  expect(day('')).toBe('');
});

it('says how much room there is', () => {
  expect(amount(1.24e9)).toBe('1.2 GB');
  expect(roomWords({ usage: 47e6, quota: 2.047e9 })).toBe('This site takes 47 MB in this browser; about 2.0 GB more would fit.');
  const model = { bytes: 100e6 } as HubModel;
  expect(tightWords({ usage: 0, quota: 150e6 }, model)).toBe('This browser has about 150 MB left for this site: it may not fit.');
  expect(tightWords({ usage: 9, quota: 5 }, model)).toContain('about 0 kB');
  expect(tightWords({ usage: 0, quota: 1e9 }, model)).toBeNull();
  expect(tightWords(null, model)).toBeNull();
});

it('names the hosts that hand out files', () => {
  expect(storesOf({ origin: '', models: [], redirects: ['https://*.example.org', 'https://files.example.com'] })).toBe('example.org, files.example.com');
});

it.each<[Partial<Download>, string]>([
  [{ stage: 'coming' }, 'Asking hub.test…'],
  [{ stage: 'coming', received: 5e6 }, '5.0 MB of 10 MB'],
  [{ stage: 'busy', seconds: 20, received: 5e6 }, 'hub.test is busy and asks to wait 20 s. It goes on by itself. 5.0 MB of 10 MB'],
  [{ stage: 'cut', seconds: 2, received: 5e6 }, 'The connection broke. It goes on by itself in 2 s. 5.0 MB of 10 MB'],
  [{ stage: 'stopped', received: 5e6 }, '5.0 MB of 10 MB are here.'],
  [{ stage: 'stopped' }, ''],
  [{ stage: 'here', received: 10e6 }, 'All of it is here, 10 MB.'],
])('says where a download is: %o', (download, words) => {
  expect(stageWords({ received: 0, total: 10e6, seconds: 0, ...download } as Download, 'hub.test')).toBe(words);
});
