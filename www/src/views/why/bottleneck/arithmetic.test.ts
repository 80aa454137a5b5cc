import { describe, expect, it } from 'vitest';
import { basic, bottleneck, convsOf, costOf, DESIGNS, netCost, weights } from './arithmetic';

/** torchvision's documentation: parameters of resnet18 ... resnet152. */
const PARAMETERS = { 18: 11_689_512, 34: 21_797_672, 50: 25_557_032, 101: 44_549_160, 152: 60_192_808 };
/** He et al. 2015, Table 1, in 10^9: "FLOPs (multiply-adds)". */
const FLOPS = { 18: 1.8, 34: 3.6, 50: 3.8, 101: 7.6, 152: 11.3 };

describe.each(DESIGNS)('ResNet-$depth', (design) => {
  const depth = design.depth as keyof typeof PARAMETERS;

  it('has as many parameters as torchvision says', () => expect(netCost(design).parameters).toBe(PARAMETERS[depth]));

  // Which the paper rounds, some of them down.
  it('has the multiply-adds of Table 1, to the paper’s two digits', () => expect(Math.abs(netCost(design).macs / 1e9 - FLOPS[depth])).toBeLessThan(0.1));

  it('has as many layers as its name says', () => {
    const projections = convsOf(design).filter(({ kernel, inputs, outputs }) => kernel === 1 && outputs === 4 * 64 && inputs === 64).length;
    const inBlocks = design.stages.reduce((sum, count) => sum + count * (design.kind === 'basic' ? 2 : 3), 0);
    expect(inBlocks + 2).toBe(design.depth);
    expect(projections).toBe(design.kind === 'basic' ? 0 : 1 + design.stages[0]);
  });
});

it('a bottleneck on 256 channels costs about what a basic block on 64 does: 17 to 18', () => {
  const sum = (convs: Parameters<typeof weights>[0][]) => convs.reduce((total, conv) => total + weights(conv), 0);
  expect(sum(bottleneck(256, 64, 56)) / sum(basic(64, 56))).toBeCloseTo(17 / 18, 10);
  expect(sum(basic(256, 56)) / sum(bottleneck(256, 64, 56))).toBeCloseTo(288 / 17, 10);
});

it('half the side and twice the channels: four times the weights, the same multiply-adds', () => {
  const [before, after] = [basic(64, 56), basic(128, 28)].map(costOf);
  expect(after!.macs).toBe(before!.macs);
  expect(weights(basic(128, 28)[0]!)).toBe(4 * weights(basic(64, 56)[0]!));
});
