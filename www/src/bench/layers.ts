/** Layers as the benchmark shows them. */
import type { LayerTime } from './types';

/** What computes a layer, as charts colour it. */
export const FAMILIES = ['Winograd', 'Strassen', 'GEMM', 'pooling'] as const;
export type Family = (typeof FAMILIES)[number];

export function family({ algorithm }: Pick<LayerTime, 'algorithm'>): Family {
  return FAMILIES.find((name) => algorithm.includes(name)) ?? 'pooling';
}

export interface Group {
  /** The block, or `stem` and `head` for what is before and after all of them. */
  name: string;
  layers: LayerTime[];
  ms: number;
}

/** Layers by block, in the order in which they run. */
export function groups(layers: LayerTime[]): Group[] {
  const list: Group[] = [];
  for (const layer of layers) {
    const block = /^(layer\d+\.\d+)\./.exec(layer.name)?.[1];
    const name = block ?? (list.some((group) => group.name.startsWith('layer')) ? 'head' : 'stem');
    if (list.at(-1)?.name !== name) list.push({ name, layers: [], ms: 0 });
    const group = list.at(-1)!;
    group.layers.push(layer);
    group.ms += layer.ms;
  }
  return list;
}

/** "128 → 256, 3 × 3 / 2, 28 × 28": channels, kernel and stride, output. */
export function layerShape({ inputs, outputs, kernel, stride, side }: LayerTime): string {
  const channels = inputs === outputs ? String(inputs) : `${inputs} → ${outputs}`;
  return `${channels}, ${kernel} × ${kernel}${stride > 1 ? ` / ${stride}` : ''}, ${side} × ${side}`;
}
