import { describe, expect, it } from 'vitest';
import { BLOCK } from '../views/block/place';
import { COMPARE } from '../views/compare/place';
import { PICTURE } from '../views/picture/place';
import type { Address } from './address';
import { text } from './codecs';
import { Places, to } from './places.svelte';
import { SHOWN } from './shown';
import { COLOURS } from './theme.svelte';
import { readWish } from './wish';

/** An address bar. */
function bar(search: string) {
  const log: string[] = [];
  const address = {
    search,
    write(how: string, query: string) {
      log.push(how);
      address.search = query;
    },
    forget() {},
  };
  return { address, log, places: new Places(address as unknown as Address) };
}

const ALL = [SHOWN, BLOCK, COLOURS, PICTURE, COMPARE];
const read = (search: string) => {
  const { places } = bar(search);
  return Object.assign({}, ...ALL.map((parameters) => places.use(parameters as typeof SHOWN)));
};
const NOWHERE = read('');

it('what is written is read back', () => {
  const shown = {
    model: 'resnet20',
    sample: 'cat',
    block: 'layer2.0',
    lesion: { 'layer3.1': { identity: 1, residual: 0 }, 'layer1.0': { identity: 0.5, residual: 1.25 } },
    crop: { left: 12.5, top: 0, side: 180 },
  };
  const block = { channel: 17, summary: 'mean', sort: 'change', scale: 'own', steps: true } as const;
  const { places, address } = bar('');
  places.go(to(SHOWN, shown), to(BLOCK, block), to(COLOURS, { colours: 'grey' }), to(PICTURE, { cam: 281 }), to(COMPARE, { against: 'model:plain20' }));
  expect(read(address.search)).toEqual({ ...shown, ...block, colours: 'grey', cam: 281, against: 'model:plain20' });
});

it('what is usual leaves no trace, and parameters that nobody has registered stay', () => {
  const { places, address } = bar('?flavour=scalar&sample=cat&block=layer1.0&networks=resnet18,resnet50');
  places.use(SHOWN);
  places.set(to(SHOWN, { model: 'plain20', sample: null, block: null }));
  expect(address.search).toBe('?flavour=scalar&networks=resnet18,resnet50&model=plain20');
});

it('an empty parameter counts as absent', () => {
  expect(read('?model=&block=layer1.0')).toEqual({ ...NOWHERE, block: 'layer1.0' });
});

it.each([
  'lesion=layer1.0',
  'lesion=layer1.0_1_1',
  'lesion=layer1.0_3_1',
  'lesion=_0_1',
  'lesion=layer1.0_a_1',
  'crop=1_2',
  'crop=1_2_0',
  'crop=-1_2_3',
  'crop=a_b_c',
  'channel=-1',
  'cam=1e3',
  'sort=size',
  'scale=big',
  'steps=yes',
])('%s says nothing', (query) => {
  expect(read(`?${query}`)).toEqual(NOWHERE);
});

describe('places', () => {
  it('a view that comes late finds what the address said of it', () => {
    const { places } = bar('?model=plain20&cam=3');
    places.use(SHOWN);
    places.set(to(SHOWN, { block: 'layer1.0' }));
    expect(places.use(PICTURE).cam).toBe(3);
    expect(places.use(PICTURE)).toBe(places.use(PICTURE));
  });

  it('a part goes with its whole, unless it is named', () => {
    const { places } = bar('?sample=cat&block=layer1.0&channel=3&crop=1_2_3&cam=7');
    const [shown, block, picture] = [places.use(SHOWN), places.use(BLOCK), places.use(PICTURE)];
    expect([block.channel, shown.crop, picture.cam]).toEqual([3, { left: 1, top: 2, side: 3 }, 7]);
    places.go(to(SHOWN, { block: 'layer2.0' }));
    expect([block.channel, picture.cam]).toEqual([null, 7]);
    places.go(to(SHOWN, { sample: 'coffee' }), to(PICTURE, { cam: 9 }));
    expect([shown.crop, picture.cam]).toEqual([null, 9]);
  });

  it('what stands for something that could not be had keeps its parts', () => {
    const { places, address } = bar('?sample=nothing&cam=7');
    places.use(PICTURE);
    places.amend(SHOWN, { sample: 'cat' });
    expect(address.search).toBe('?sample=cat&cam=7');
  });

  it('a link says where it leads, and leads there only when followed', () => {
    const { places, address, log } = bar('?sample=cat&crop=1_2_3');
    const shown = places.use(SHOWN);
    expect(places.query(to(SHOWN, { sample: 'coffee' }), to(COMPARE, { against: 'model:plain56' }))).toBe('?sample=coffee&against=model%3Aplain56');
    expect([shown.sample, address.search, log]).toEqual(['cat', '?sample=cat&crop=1_2_3', []]);
  });

  it('back and forward bring all values along', () => {
    const { places, address } = bar('?block=layer1.0&cam=7');
    const [shown, picture] = [places.use(SHOWN), places.use(PICTURE)];
    address.search = '?block=layer2.0';
    places.follow();
    expect([shown.block, picture.cam]).toEqual(['layer2.0', null]);
  });

  it('a parameter has one owner', () => {
    const { places } = bar('');
    places.use(SHOWN);
    expect(() => places.use({ model: text })).toThrow('“model” has an owner already');
  });
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
