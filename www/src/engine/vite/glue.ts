/** The binaries' own JavaScript. */
import type { Glue } from '../instance';

// Only what pkg-scripts/wasm has put there.
const built = import.meta.glob<Glue>('../pkg/*/skipscope.js');

export function glueOf(flavour: string): Promise<Glue> {
  return built[`../pkg/${flavour}/skipscope.js`]!();
}
