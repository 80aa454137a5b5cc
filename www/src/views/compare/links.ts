/** What of one side's open block answers to what of the other's. */

/** As many channels: the same number. Otherwise the same rank in both orders; null where the other has no such rank. */
export function channelAcross(channel: number | null, from: number[], to: number[]): number | null {
  if (channel === null || from.length === to.length) return channel;
  return to[from.indexOf(channel)] ?? null;
}

export interface Size {
  width: number;
  height: number;
}

/** The place (row-major) in a map of another size that the middle of a place falls into. */
export function placeAcross(at: number, from: Size, to: Size): number {
  const x = Math.floor((((at % from.width) + 0.5) / from.width) * to.width);
  const y = Math.floor(((Math.floor(at / from.width) + 0.5) / from.height) * to.height);
  return y * to.width + x;
}
