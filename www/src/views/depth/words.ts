/** What the charts across depth say besides their numbers. */
import type { Word } from '../../lessons/glossary';

/** What stands in a chart, by its key. */
export const CHART_WORDS: Record<string, Word> = { rms: 'rms', cosine: 'cosine', clipped: 'ReLU', macs: 'multiply-adds' };

/** `last`: the classifier reads this block's output. */
export function camWords(identity: boolean, last: boolean): string {
  const adds = identity ? 'the evidence of both branches adds up to that of their sum' : 'F(x) alone is the sum';
  return `At each place, the channels weighted as the classifier weighs them; ${adds}. ${
    last ? 'The output’s mean plus the class’s bias is the [logit].' : 'Later blocks still change it.'
  }`;
}
