/** The command line was not understood. */
export class Usage extends Error {}

/** A whole number of an option. */
export function whole(text: string, name: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) throw new Usage(`--${name} ${text}: a whole number from ${least} to ${most} is needed`);
  return value;
}
