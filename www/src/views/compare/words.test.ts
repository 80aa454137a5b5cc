import { expect, it } from 'vitest';
import { apartWords, caveats, pairWords } from './words';

it('tells the distance in percent, and no term stands for it', () => {
  expect(apartWords(0.2964)[0]).toBe('29.6%');
  expect(apartWords(0.2964).join(' ')).not.toMatch(/variation|0\.29/);
});

it('says of a cut which side has it', () => {
  const changed = ['layer1.0', 'layer1.1', 'layer2.0', 'layer3.0'];
  expect(caveats({ twoNets: true, changed, cropped: true })).toEqual([
    'In A, branches are cut or scaled (layer1.0, layer1.1, layer2.0 and 1 more). B is another net, and intact.',
    'Both sides see the same crop.',
  ]);
  expect(caveats({ twoNets: false, changed: ['layer1.0'], cropped: false })).toEqual(['The same branches are cut or scaled on both sides (layer1.0).']);
  expect(caveats({ twoNets: true, changed: [], cropped: false })).toEqual([]);
});

it('links channels by number or by rank', () => {
  expect(new Set([pairWords(false, true), pairWords(true, true), pairWords(true, false)]).size).toBe(3);
});
