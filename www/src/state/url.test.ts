import { expect, it } from 'vitest';
import { NOWHERE, readPlace, readWish, writePlace, type Place } from './url';

it('what is written is read back', () => {
  const place: Place = {
    view: 'benchmark',
    model: 'resnet20',
    sample: 'cat',
    block: 'layer2.0',
    lesion: { 'layer3.1': { identity: 1, residual: 0 }, 'layer1.0': { identity: 0.5, residual: 1.25 } },
    crop: { left: 12.5, top: 0, side: 180 },
    channel: 17,
    sort: 'change',
    scale: 'own',
    steps: true,
    colours: 'grey',
    cam: 281,
    against: 'model:plain20',
  };
  expect(readPlace(writePlace(place, ''))).toEqual(place);
});

it('what is usual leaves no trace, and foreign parameters stay', () => {
  const query = writePlace({ ...NOWHERE, model: 'plain20' }, '?flavour=scalar&view=benchmark&sample=cat&block=layer1.0');
  expect(query).toBe('?flavour=scalar&model=plain20');
});

it('an empty parameter counts as absent', () => {
  expect(readPlace('?model=&block=layer1.0')).toEqual({ ...NOWHERE, block: 'layer1.0' });
});

it.each(['lesion=layer1.0', 'lesion=layer1.0_1_1', 'lesion=layer1.0_3_1', 'lesion=_0_1', 'lesion=layer1.0_a_1', 'crop=1_2', 'crop=1_2_0', 'crop=-1_2_3', 'crop=a_b_c', 'channel=-1', 'cam=1e3', 'sort=size', 'scale=big', 'steps=yes'])(
  '%s says nothing',
  (query) => {
    expect(readPlace(`?${query}`)).toEqual(NOWHERE);
  },
);

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
