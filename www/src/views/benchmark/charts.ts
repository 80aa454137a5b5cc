/** What of a report goes into which chart. */
import { engineName } from '../../bench/markdown';
import type { EngineName, Report, Row } from '../../bench/types';

export interface Series {
  name: string;
  engine: EngineName;
  /** `sure`: of undisturbed rounds. */
  points: { x: number; y: number; sure: boolean }[];
}

export interface LineChartData {
  title: string;
  xTitle: string;
  series: Series[];
}

export const depth = (network: string): number => Number(network.replace('resnet', ''));
const networkTitle = (network: string) => network.replace('resnet', 'ResNet-');
const threadsTitle = (threads: number) => `${threads} ${threads === 1 ? 'thread' : 'threads'}`;

/** Milliseconds, had the round run at the best peak. */
export function atPeak(row: Row, { peaks }: Report): number {
  return (row.time_x_peak_per_mac * row.macs) / peaks.find(({ threads }) => threads === row.threads)!.gmac_s / 1e6;
}

export function bars(report: Report): { title: string; rows: Row[] }[] {
  const title = ({ network, side, threads }: Row) => `${networkTitle(network)}, ${side} px, ${threadsTitle(threads)}`;
  return [...groups(report.rows, title)].map(([name, rows]) => ({ title: name, rows }));
}

/** Time against depth, against the image's side, and against threads, wherever at least two were measured. */
export function scaling(report: Report): LineChartData[] {
  const lines = (title: (row: Row) => string, xTitle: string, x: (row: Row) => number, name: (row: Row) => string) =>
    [...groups(report.rows, title)]
      .map(([head, rows]) => ({
        title: head,
        xTitle,
        series: [...groups(rows, name)].map(([label, own]) => ({
          name: label,
          engine: own[0]!.engine,
          points: own.map((row) => ({ x: x(row), y: atPeak(row, report), sure: !row.disturbed })).sort((a, b) => a.x - b.x),
        })),
      }))
      .filter(({ series }) => series.some(({ points }) => points.length > 1));
  const { rows } = report;
  const one = rows.some((row) => row.threads !== rows[0]?.threads);
  return [
    ...lines(
      (row) => `Depth: ${row.side} px, ${threadsTitle(row.threads)}`,
      'layers',
      (row) => depth(row.network),
      engineName,
    ),
    ...lines(
      (row) => `Image side: ${networkTitle(row.network)}, ${threadsTitle(row.threads)}`,
      'px',
      (row) => row.side,
      engineName,
    ),
    // Flavours without threads stay out: they have but one point.
    ...(one
      ? lines(
          (row) => `Threads: ${networkTitle(row.network)}, ${row.side} px`,
          'threads',
          (row) => row.threads,
          engineName,
        )
      : []),
  ];
}

function groups(rows: Row[], key: (row: Row) => string): Map<string, Row[]> {
  const map = new Map<string, Row[]>();
  for (const row of rows) map.set(key(row), [...(map.get(key(row)) ?? []), row]);
  return map;
}

/** "ResNet-50, 224 px, relaxed, 1 thread" */
export function layersTitle({ network, side, flavour, threads }: Report['layers'][number]): string {
  return `${networkTitle(network)}, ${side} px, ${flavour}, ${threadsTitle(threads)}`;
}
