/** What the charts across depth show of two runs, and where it lies. */
import type { BlockStatistics, RunResult } from '../../engine/types';
import type { Box } from '../../render/charts/layout';
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
    title: 'Share of the residual',
    formula: '‖F(x)‖ / ‖x‖',
    branch: 'residual',
    of: ({ identity, residual }) => (identity && identity.rms > 0 ? residual.rms / identity.rms : null),
  },
  { id: 'output', title: 'Strength of the output', formula: 'rms after ReLU', branch: 'output', of: ({ output }) => output.rms },
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

export function toX(depth: number, { width, left, right }: Box = BOX): number {
  return left + (width - left - right) * depth;
}

/** The relative depth under a pointer at `share` of the chart's width; the margins count as the ends. */
export function toDepth(share: number, { width, left, right }: Box = BOX): number {
  return Math.max(0, Math.min(1, (share * width - left) / (width - left - right)));
}

export function toY(value: number, limit: number, { height, top, bottom }: Box = BOX): number {
  return height - bottom - ((height - top - bottom) * value) / limit;
}

/** An SVG path through the points, with gaps where there are none. */
export function path(points: (Point | null)[], limit: number, box: Box = BOX): string {
  let pen = 'M';
  return points
    .map((point) => {
      const step = point ? `${pen}${toX(point.x, box).toFixed(1)},${toY(point.y, limit, box).toFixed(1)}` : '';
      pen = point ? 'L' : 'M';
      return step;
    })
    .join('');
}

/** Where stages begin, the first left out. */
export function stageStarts(blocks: { stage: number }[]): { stage: number; x: number }[] {
  return blocks.flatMap(({ stage }, i) => (i > 0 && blocks[i - 1]!.stage !== stage ? [{ stage, x: i / blocks.length }] : []));
}
