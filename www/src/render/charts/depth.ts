/** What the charts across depth show: one number per block, and how it is read. No drawing. */
import type { BlockInfo, BlockStatistics } from '../../engine';
import { isPlain } from '../branches';
import { compact, milliseconds, percent, plain, signed } from '../numbers';

export type Values = (number | null)[];

export interface Series {
  /** Also its direct label; empty where the chart has but one. */
  name: string;
  /** A colour of app.css. */
  colour: string;
  values: Values;
  /** Of the intact net, where a lesion is on. */
  intact: Values | null;
}

export interface DepthChart {
  key: string;
  title: string;
  /** What is drawn, in a few words. */
  what: string;
  /** Amounts stand on zero as bars; what is compared from block to block is a line. */
  mark: 'line' | 'bar';
  series: Series[];
  format(value: number): string;
  /** The ends of the value axis, where they are known beforehand. */
  domain?: [number, number];
}

/** What of a run the charts need. */
export interface Run {
  statistics: BlockStatistics[];
  blockMilliseconds: number[];
}

/** |F(x)| / |x|; null where there is no x, or where x is zero. Both have equally many values, so the rms will do. */
export function ratio({ identity, residual }: BlockStatistics): number | null {
  return identity && identity.rms > 0 ? residual.rms / identity.rms : null;
}

/** `timed`: of so many runs, their median. Without it, times are those of the run itself. */
export function depthCharts(blocks: BlockInfo[], run: Run, intact: Run | null, timed: { milliseconds: number[]; runs: number } | null = null): DepthChart[] {
  const plainNet = isPlain(blocks);
  const series = (name: string, colour: string, value: (statistics: BlockStatistics) => number | null): Series => ({
    name,
    colour,
    values: run.statistics.map(value),
    intact: intact?.statistics.map(value) ?? null,
  });
  const fixed = (colour: string, values: Values): Series => ({ name: '', colour, values, intact: null });
  const charts: DepthChart[] = [
    {
      key: 'rms',
      title: 'strength',
      what: plainNet ? 'rms of F(x)' : 'rms of x and of F(x)',
      mark: 'line',
      series: [
        ...(plainNet ? [] : [series('x', 'var(--id)', ({ identity }) => identity?.rms ?? null)]),
        series(plainNet ? '' : 'F', 'var(--res)', (s) => s.residual.rms),
      ],
      format: (value) => plain(value),
    },
    {
      key: 'ratio',
      title: 'size of F relative to x',
      what: '|F(x)| / |x|',
      mark: 'line',
      series: [series('', 'var(--res)', ratio)],
      format: (value) => plain(value),
    },
    {
      key: 'cosine',
      title: 'agreement',
      what: 'cosine of x and F(x)',
      mark: 'line',
      series: [series('', 'var(--ink)', ({ cosine }) => cosine)],
      format: (value) => signed(value, 2),
    },
    {
      key: 'clipped',
      title: 'clipped by ReLU',
      what: 'part of the sum below zero',
      mark: 'line',
      series: [series('', 'var(--out)', ({ clipped }) => clipped)],
      format: (value) => (Number.isInteger(100 * value) ? `${100 * value}%` : percent(value)),
      domain: [0, 1],
    },
    {
      key: 'macs',
      title: 'work',
      what: 'multiply-adds per block',
      mark: 'bar',
      series: [
        fixed(
          'var(--mute)',
          blocks.map(({ macs }) => macs),
        ),
      ],
      format: compact,
    },
    {
      key: 'parameters',
      title: 'parameters',
      what: 'weights and biases per block',
      mark: 'bar',
      series: [
        fixed(
          'var(--mute)',
          blocks.map(({ parameters }) => parameters),
        ),
      ],
      format: compact,
    },
    {
      key: 'time',
      title: 'time',
      what: timed ? `per block, median of ${timed.runs} runs` : 'per block, in this one run',
      mark: 'bar',
      series: [fixed('var(--mute)', timed?.milliseconds ?? run.blockMilliseconds)],
      format: (value) => (value > 0 && value < 1 ? `${value.toFixed(2)} ms` : milliseconds(value)),
    },
  ];
  // A plain net has no x to compare F(x) with, and where no ReLU follows the sum nothing is clipped.
  const without = [...(plainNet ? ['ratio', 'cosine'] : []), ...(blocks.some(({ relu }) => relu) ? [] : ['clipped'])];
  return charts.filter(({ key }) => !without.includes(key));
}

/** The values of one block as a chart's head says them: “x 1.27, F 0.88”. */
export function reading({ series, format }: DepthChart, index: number): string {
  return series.map(({ name, values }) => (name ? `${name} ` : '') + (values[index] == null ? 'none' : format(values[index]))).join(', ');
}

/** layer3.2 -> 3.2. */
export function short(name: string): string {
  return name.replace(/^layer/, '');
}

/** Blocks of one stage lie side by side. */
export function stages(blocks: Pick<BlockInfo, 'stage'>[]): { stage: number; first: number; last: number }[] {
  const found: { stage: number; first: number; last: number }[] = [];
  blocks.forEach(({ stage }, index) => {
    const current = found.at(-1);
    if (current?.stage === stage) current.last = index;
    else found.push({ stage, first: index, last: index });
  });
  return found;
}
