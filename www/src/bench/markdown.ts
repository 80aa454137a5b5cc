/** The report as Markdown: for a README, a pull request, a chat. */
import type { Report, Row } from './types';

const HEAD = ['network', 'image', 'threads', 'engine', 'median', 'best', '/ onnxruntime-web', 'x peak / MACs', 'first', 'load', 'memory', 'rounds'];

export function markdown(report: Report): string {
  const lines = report.rows.map((row) => cells(row));
  const table = [HEAD, HEAD.map((_, i) => (i < 4 ? '---' : '---:')), ...lines].map((line) => `| ${line.join(' | ')} |`);
  return [...table, '', ...notes(report)].join('\n') + '\n';
}

export function engineName({ engine, flavour }: Pick<Row, 'engine' | 'flavour'>): string {
  return engine === 'skipscope' ? `skipscope ${flavour}` : engine;
}

/** Those that ran, of those that it could have had. */
export function threadsText({ threads, ran_threads }: Pick<Row, 'threads' | 'ran_threads'>): string {
  return ran_threads === threads ? String(threads) : `${ran_threads} of ${threads}`;
}

function cells(row: Row): string[] {
  const { network, side, engine, version, accepted_rounds, discarded_rounds, disturbed } = row;
  const about = disturbed ? '~' : '';
  const ratio = row.ratio_to_onnxruntime === null || engine === 'onnxruntime-web' ? '' : about + row.ratio_to_onnxruntime.toFixed(3);
  return [
    network,
    String(side),
    threadsText(row),
    `${engineName(row)} ${version}`,
    about + ms(row.median_ms),
    about + ms(row.best_ms),
    ratio,
    about + row.time_x_peak_per_mac.toFixed(2),
    ms(row.first_ms),
    ms(row.load_ms),
    `${Math.round(row.memory_bytes / 1e6)} MB`,
    `${accepted_rounds} of ${accepted_rounds + discarded_rounds}`,
  ];
}

const ms = (value: number) => `${value.toFixed(value < 100 ? 1 : 0)} ms`;

/** "29.4 GMAC/s with 1 thread, 55.0 with 2" */
export function peakText({ peaks }: Report): string {
  return peaks
    .map(({ threads, gmac_s }, i) => `${gmac_s.toFixed(1)}${i ? '' : ' GMAC/s'} with ${threads}${i ? '' : threads === 1 ? ' thread' : ' threads'}`)
    .join(', ');
}

function notes(report: Report): string[] {
  const { browser, cores, peak_instruction, rows } = report;
  const worst = Math.max(...rows.map((row) => row.logit_difference));
  const lines = [
    `${browser}, ${cores} cores; FMA peak ${peakText(report)} (${peak_instruction}).`,
    'All engines ran the same weights in one page, in turns; the peak of as many threads was measured before and after each turn.',
    'A turn in which it fell below 95% of the best seen was repeated twice at most, and a round that had such a turn still was',
    'discarded. Ratios are medians of what they are within a round.',
    `Logits agree to ${worst.toExponential(1)} of their standard deviation.`,
  ];
  if (rows.some((row) => row.disturbed)) lines.push('~ No round was undisturbed: these are of all rounds, and no more than a hint.');
  return lines;
}
