import type { EngineInfo } from '../engine';

/** Why it is not the fastest of the engine's builds; null where it is, as far as this browser goes. */
export function fallenWords({ flavour, fell }: EngineInfo): string | null {
  const first = fell[0];
  if (!first) return null;
  const why = first.why.replace(/\.$/, '');
  return `The engine runs as “${flavour}”, slower than it could: its build “${first.flavour}” did not start (${why}).`;
}
