/** What the charts across depth show of two runs, and where it lies. */
import type { BlockInfo, BlockStatistics, RunResult } from '../../engine';
import { ratio, stages } from '../../render/charts/depth';
import { frame, type Box, type Frame } from '../../render/charts/frame';
import { relativeDepth } from './against';

export interface Quantity {
  id: string;
  title: string;
  formula: string;
  branch: 'residual' | 'output';
  /** Null where a block has no such thing. */
  of: (statistics: BlockStatistics) => number | null;
}

export const QUANTITIES: Quantity[] = [
  { id: 'strength', title: 'Strength of F(x)', formula: 'rms of F(x)', branch: 'residual', of: ({ residual }) => residual.rms },
  {
    id: 'share',
    title: 'Size of F relative to x',
    formula: '|F(x)| / |x|',
    branch: 'residual',
    of: ratio,
  },
  { id: 'output', title: 'Strength of the output', formula: 'rms of what the block puts out', branch: 'output', of: ({ output }) => output.rms },
];

export interface Point {
  name: string;
  /** 0 to 1: relative depth. */
  x: number;
  y: number;
}

/** Null where a block has no value. */
export function series({ model, statistics }: Pick<RunResult, 'model' | 'statistics'>, { of }: Quantity): (Point | null)[] {
  return model.blocks.map(({ name }, i) => {
    const y = statistics[i] ? of(statistics[i]) : null;
    return y === null ? null : { name, x: relativeDepth(i, model.blocks.length), y };
  });
}

/** The width is that of the page's column, so that letters and lines keep their size. */
export const BOX: Box = { width: 400, height: 170, left: 38, right: 8, top: 10, bottom: 22 };

/** Relative depth across, values from zero up. */
export function overlayFrame(box: Box, lines: (Point | null)[][]): Frame {
  return frame(box, [0, 1], [0, Math.max(...lines.flat().map((point) => point?.y ?? 0))]);
}

/** Where stages begin, the first left out. */
export function stageStarts(blocks: BlockInfo[]): { stage: number; x: number }[] {
  return stages(blocks)
    .slice(1)
    .map(({ stage, first }) => ({ stage, x: first / blocks.length }));
}
