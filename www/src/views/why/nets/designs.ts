/** The nets as they are compared: what they are called, and to which family they belong. */
import type { Design } from '../../../foreign';
import type { Pictures } from './place';

export const FAMILIES = ['resnet', 'resnext', 'wide', 'deep', 'pre'] as const;
export type Family = (typeof FAMILIES)[number];

export interface Net extends Design {
  title: string;
  family: Family;
}

const PATTERNS: [RegExp, Family, (found: RegExpExecArray) => string][] = [
  [/^resnet(\d+)$/, 'resnet', ([, depth]) => `ResNet-${depth}`],
  [/^resnext(\d+)_(\d+)x(\d+)d$/, 'resnext', ([, depth, groups, of]) => `ResNeXt-${depth} ${groups}×${of}d`],
  [/^wide_resnet(\d+)_(\d+)$/, 'wide', ([, depth, by]) => `Wide ResNet-${depth}-${by}`],
  [/^resnet(\d+)d$/, 'deep', ([, depth]) => `ResNet-${depth}-D`],
  [/^resnetv2_(\d+)$/, 'pre', ([, depth]) => `ResNet-${depth} v2`],
];

/** Those for pictures of one kind, in the engine's order. */
export function netsFor(designs: readonly Design[], pictures: Pictures): Net[] {
  return designs
    .filter(({ side }) => side < 100 === (pictures === 'cifar'))
    .map((design) => {
      for (const [pattern, family, title] of PATTERNS) {
        const found = pattern.exec(design.name);
        if (found) return { ...design, family, title: title(found) };
      }
      return { ...design, family: 'resnet', title: design.name };
    });
}

/** How often a net uses a parameter for one picture: the least and the most of them. */
export function usesOf(nets: readonly Design[]): [low: number, high: number] {
  const uses = nets.map(({ macs, parameters }) => macs / parameters);
  return [Math.min(...uses), Math.max(...uses)];
}
