import { expect, it } from 'vitest';
import type { Address } from '../state/address';
import { Places } from '../state/places.svelte';
import { SHOWN } from '../state/shown';
import { COLOURS } from '../state/theme.svelte';
import { askedWords, notThere, type There } from './asked';
import { BLOCK } from './block/place';
import { PICTURE } from './picture/place';

const there = {
  models: ['resnet20', 'plain20'],
  samples: ['cat'],
  result: {
    model: { id: 'resnet20', card: { labels: ['cat', 'dog'] }, blocks: [{ name: 'layer1.0', shortcut: 'identity' }] },
    detail: { residual: { channels: 16 } },
  },
} as unknown as There;

/** What is missed, and what the address says in the end. */
function settled(search: string): { missed: string[]; query: string } {
  const address = { search, write: (_: string, query: string) => void (address.search = query), forget() {} };
  const places = new Places(address as unknown as Address);
  for (const parameters of [SHOWN, BLOCK, PICTURE, COLOURS]) places.use(parameters as typeof SHOWN);
  const { asked, moves } = notThere(new URLSearchParams(search), places, there);
  places.correct(...moves);
  return { missed: asked.map(({ name, said }) => `${name} ${said}`), query: address.search };
}

it('what is there is missed by nobody, and stays in the address', () => {
  const search = '?model=resnet20&sample=cat&block=layer1.0&lesion=layer1.0_1_0&channel=15&cam=1&sort=index';
  expect(settled(search)).toEqual({ missed: [], query: search });
  expect(settled('')).toEqual({ missed: [], query: '?' });
});

it('what is not there is named, and leaves the address', () => {
  const { missed, query } = settled('?sample=nobody&block=nonsense&lesion=layer1.0_1_0~layer9.9_1_0&channel=16&cam=2&sort=sideways&crop=x&colours=mud&foo=bar');
  expect(missed).toEqual(['crop x', 'sort sideways', 'sample nobody', 'block nonsense', 'lesion layer9.9', 'channel 16', 'cam 2', 'colours mud']);
  expect(query).toBe('?sample=nobody&lesion=layer1.0_1_0&foo=bar'); // which sample is shown is not for a view to say
});

it('what a comparison is with is looked up in Compare alone', () => {
  const compared = (against: string) => settled(`?view=compare&against=${against}`);
  expect(compared('model:plain20')).toEqual({ missed: [], query: '?view=compare&against=model%3Aplain20' });
  expect(compared('sample:cat').missed).toEqual([]);
  expect(compared('own').missed).toEqual([]);
  expect(compared('model:plain110')).toEqual({ missed: ['against plain110'], query: '?view=compare' });
  expect(compared('sample:nobody').missed).toEqual(['against nobody']);
  expect(compared('mud').missed).toEqual(['against mud']);
  expect(settled('?against=mud').missed).toEqual([]);
});

it('of a net that could not be had no block is missed', () => {
  expect(settled('?model=plain20&block=layer7.7&channel=900').missed).toEqual([]);
});

it('says it in one line', () => {
  expect(askedWords([{ name: 'block', said: 'nonsense' }])).toBe(
    'The address asked for block “nonsense”, which is not to be had here. It now says what is shown.',
  );
  expect(askedWords(['a', 'b', 'c'].map((said) => ({ name: 'cam', said })))).toContain('class “a”, class “b” and class “c”, which are not');
});

it('says of a model of somebody else’s why it is not here', () => {
  expect(askedWords([{ name: 'model', said: 'own-abcd1234' }])).toMatch(/“own-abcd1234”.* A model of one’s own stays in the browser that opened it/);
  expect(askedWords([{ name: 'model', said: 'resnet99' }])).not.toContain('one’s own');
});
