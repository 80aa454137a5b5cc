/** Every block's numbers as CSV (RFC 4180): commas, decimal points, a header with units. */
import type { RunResult } from '../engine';
import { ratio } from '../render/charts/depth';
import { scalesOf } from '../render/lesion';

export type Cell = string | number | null;

export function csv(rows: Cell[][]): string {
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function field(value: Cell): string {
  if (value === null) return '';
  const text = typeof value === 'number' ? (Number.isFinite(value) ? String(value) : '') : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const BRANCHES = ['identity', 'residual', 'sum', 'output'] as const;
const MOMENTS = ['mean', 'rms', 'min', 'max'] as const;

/** One row per block. Statistics have no unit: they are activations. An empty field: there is no such branch. */
export function statisticsTable({ model, picture, statistics, blockMilliseconds, lesion }: RunResult): Cell[][] {
  const header = [
    'model',
    'picture',
    'block',
    'stage',
    'kind',
    'shortcut',
    'input channels',
    'input height (px)',
    'input width (px)',
    'output channels',
    'output height (px)',
    'output width (px)',
    'parameters (count)',
    'multiply-adds (count)',
    'time (ms)',
    'scale of identity (factor)',
    'scale of residual (factor)',
    ...BRANCHES.flatMap((branch) => MOMENTS.map((moment) => `${branch} ${moment}`)),
    'rms of residual / rms of identity',
    'cosine of identity and residual',
    'clipped by ReLU (share)',
  ];
  const rows = model.blocks.map((info, index): Cell[] => {
    const own = statistics[index]!;
    const scales = scalesOf(lesion, info.name);
    return [
      model.card.title,
      picture.name,
      info.name,
      info.stage,
      info.kind,
      info.shortcut,
      ...info.input,
      ...info.output,
      info.parameters,
      info.macs,
      blockMilliseconds[index] ?? null,
      info.shortcut === 'none' ? null : scales.identity,
      scales.residual,
      ...BRANCHES.flatMap((branch) => MOMENTS.map((moment) => own[branch]?.[moment] ?? null)),
      ratio(own),
      own.cosine,
      info.relu ? own.clipped : null,
    ];
  });
  return [header, ...rows];
}
