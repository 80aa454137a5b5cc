import { expect, it } from 'vitest';
import { readPlace, readWish, writePlace } from './url';

it('what is written is read back', () => {
  const place = { view: 'benchmark', model: 'resnet20', sample: 'cat', block: 'layer2.0' };
  expect(readPlace(writePlace(place, ''))).toEqual(place);
  expect(writePlace(place, '')).toBe('?view=benchmark&model=resnet20&sample=cat&block=layer2.0');
});

it('what is not set leaves no trace, and foreign parameters stay', () => {
  const query = writePlace({ view: null, model: 'plain20', sample: null, block: null }, '?flavour=scalar&view=benchmark&sample=cat&block=layer1.0');
  expect(query).toBe('?flavour=scalar&model=plain20');
});

it('an empty parameter counts as absent', () => {
  expect(readPlace('?model=&block=layer1.0')).toEqual({ block: 'layer1.0' });
});

it.each([
  ['', null, null],
  ['?flavour=scalar&threads=3', 'scalar', 3],
  ['?threads=0', null, null],
  ['?threads=-2', null, null],
  ['?threads=two', null, null],
  ['?threads=1e9', null, 64],
])('%s asks for an engine', (search, flavour, threads) => {
  expect(readWish(search)).toEqual({ flavour, threads });
});
