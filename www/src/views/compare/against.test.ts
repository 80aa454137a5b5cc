import { describe, expect, it } from 'vitest';
import { blockAt, chosenAgainst, counterpart, formatAgainst, parseAgainst, relativeDepth, type Against } from './against';

const named = (...ids: string[]) => ids.map((id) => ({ id, title: id }));
const stock = { models: named('resnet20', 'plain20', 'resnet56', 'plain56', 'resnet50'), samples: named('cat', 'coffee', 'rocket') };
/** layer1.0 … as many blocks as each stage has. */
const net = (...stages: number[]) => stages.flatMap((count, s) => Array.from({ length: count }, (_, i) => ({ name: `layer${s + 1}.${i}`, stage: s + 1 })));

describe('the address', () => {
  it.each<Against>([{ kind: 'model', id: 'plain56' }, { kind: 'sample', id: 'coffee' }, { kind: 'own' }])('%o is read back as written', (against) => {
    expect(parseAgainst(formatAgainst(against))).toEqual(against);
  });

  it.each([null, '', 'model:', 'sample', 'plain56', 'block:x', 'own:3'])('%s says nothing', (text) => {
    expect(parseAgainst(text)).toBeNull();
  });

  it('an identifier may hold a colon', () => {
    expect(parseAgainst('model:a:b')).toEqual({ kind: 'model', id: 'a:b' });
  });
});

describe('what is compared', () => {
  const chosen = (asked: string | null, model: string, sample: string | null = 'cat') => {
    const against = chosenAgainst(asked, { model, sample }, stock);
    return against && formatAgainst(against);
  };

  it('is what was asked for', () => {
    expect(chosen('model:resnet50', 'resnet20')).toBe('model:resnet50');
    expect(chosen('sample:rocket', 'resnet20')).toBe('sample:rocket');
    expect(chosen('own', 'resnet20')).toBe('own');
  });

  it('is the twin where nothing, nothing known or the same was asked for', () => {
    expect(chosen(null, 'resnet56')).toBe('model:plain56');
    expect(chosen('model:resnet1202', 'plain20')).toBe('model:resnet20');
    expect(chosen('model:plain56', 'plain56')).toBe('model:resnet56');
    expect(chosen('sample:cat', 'resnet56')).toBe('model:plain56');
  });

  it('is another picture where there is no twin', () => {
    expect(chosen(null, 'resnet50')).toBe('sample:coffee');
    expect(chosen(null, 'resnet50', 'coffee')).toBe('sample:cat');
    expect(chosen(null, 'resnet50', null)).toBe('sample:cat');
    expect(chosenAgainst(null, { model: 'resnet50', sample: 'cat' }, { models: named('resnet50'), samples: named('cat') })).toBeNull();
  });
});

describe('the counterpart of a block', () => {
  const names = (from: ReturnType<typeof net>, to: ReturnType<typeof net>) => from.map((_, i) => to[counterpart(i, from, to)]?.name);

  it('has the same name where the networks have the same blocks', () => {
    const blocks = net(3, 4, 6, 3);
    expect(names(blocks, net(3, 4, 6, 3))).toEqual(blocks.map(({ name }) => name));
  });

  it('lies at the same depth of its stage, though the name be another’s', () => {
    expect(names(net(3, 3, 3), net(9, 9, 9))).toEqual([1, 2, 3].flatMap((s) => [0, 4, 8].map((b) => `layer${s}.${b}`)));
    expect(names(net(3, 4, 6, 3), net(3, 4, 23, 3)).slice(7, 13)).toEqual([0, 4, 9, 13, 18, 22].map((b) => `layer3.${b}`));
  });

  it('lies at the same depth of the net where the stages are others', () => {
    const found = names(net(3, 4, 6, 3), net(3, 3, 3));
    expect(found[0]).toBe('layer1.0');
    expect(found.at(-1)).toBe('layer3.2');
    expect(new Set(found).size).toBe(9);
  });

  it('does not exist without blocks', () => {
    expect(counterpart(0, net(1), [])).toBe(-1);
    expect(counterpart(5, net(1), net(1))).toBe(-1);
    expect(counterpart(0, net(1), net(3))).toBe(0);
  });
});

describe('relative depth', () => {
  it('and the block at it agree', () => {
    for (const blocks of [1, 9, 27]) for (let i = 0; i < blocks; i++) expect(blockAt(relativeDepth(i, blocks), blocks)).toBe(i);
  });

  it('never leaves the net', () => {
    expect([blockAt(-1, 9), blockAt(1, 9), blockAt(2, 9)]).toEqual([0, 8, 8]);
  });
});
