/** The sentences of the open block, true for every net and every value: what F(x) does to x, and what becomes of the sum. */
import type { BlockInfo, BlockStatistics, Scales } from '../../engine';
import { percent, plain } from '../../render/numbers';

/** What the large pictures show: the colour summary of all channels, their mean, or one channel. */
export type Subject = 'colours' | 'mean' | number;

/** A channel's mean moves by less than this part of its rms: nobody would see it. */
const UNSEEN = 0.02;

export interface ChannelFacts {
  channel: number;
  /** Mean and rms over the places; of x none in a plain net. */
  x: { mean: number; rms: number } | null;
  output: { mean: number; rms: number };
}

export function subjectName(subject: Subject, channels: number): string {
  if (subject === 'colours') return `all ${channels} channels as colours`;
  return subject === 'mean' ? `the mean of ${channels} channels` : `channel ${subject}`;
}

/** One sentence on the block, or on one channel of it. */
export function sentence(info: BlockInfo, statistics: BlockStatistics, scales: Scales, facts: ChannelFacts | null): string {
  const cut = cutSentence(info, scales);
  if (cut) return cut;
  return facts ? channelSentence(info, facts) : blockSentence(info, statistics);
}

function cutSentence(info: BlockInfo, { identity, residual }: Scales): string | null {
  if (info.shortcut === 'none') return residual === 0 ? 'With F(x) cut, this plain block passes on nothing but zeros.' : null;
  if (identity === 0 && residual === 0) return 'Both branches are cut: this block passes on nothing but zeros.';
  if (residual === 0) return `F(x) is cut: this block passes ${xName(info)} on as it is${info.relu ? ', except that ReLU removes what is negative' : ''}.`;
  if (identity === 0) return `${xName(info)} is cut: what goes on is F(x) alone, as in a plain net.`.replace(/^./, (c) => c.toUpperCase());
  return null;
}

function blockSentence(info: BlockInfo, { identity, residual, clipped }: BlockStatistics): string {
  const removed = info.relu ? `ReLU then removes the ${percent(clipped)} of the sum that is negative.` : 'No ReLU follows: the sum itself goes on.';
  if (!identity) return `A plain block: F(x) replaces x instead of being added to it. ${removed}`;
  if (identity.rms === 0) return `Here ${xName(info)} is zero everywhere, so the sum is F(x) alone. ${removed}`;
  return `F(x) is ${plain(residual.rms / identity.rms, 2)} times the size of ${xName(info)}, to which it is added. ${removed}`;
}

function channelSentence(info: BlockInfo, { channel, x, output }: ChannelFacts): string {
  if (!x) return `Channel ${channel} of F(x) goes on alone${info.relu ? ', without what is negative' : ''}: ${plain(output.mean)} on average.`;
  const moved = output.mean - x.mean;
  if (Math.abs(moved) <= UNSEEN * Math.max(x.rms, output.rms))
    return `On average this block leaves channel ${channel} about as it was: ${plain(x.mean)} before, ${plain(output.mean)} after.`;
  return `This block ${moved > 0 ? 'raises' : 'lowers'} channel ${channel} from ${plain(x.mean)} to ${plain(output.mean)} on average${info.shortcut === 'projection' ? ', counted from the projected x' : ''}.`;
}

function xName({ shortcut }: BlockInfo): string {
  return shortcut === 'projection' ? 'the projected x' : 'x';
}
