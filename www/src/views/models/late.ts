/** Dialogs that come when they are first asked for. */
import type { Library } from '../../state/library.svelte';

/** Where it does not come that is told as any problem with models is, and `close` lets go of what was asked for. */
export async function late<T>(library: Library, what: string, load: () => Promise<T>, close: () => void): Promise<T | undefined> {
  try {
    return await load();
  } catch {
    close();
    library.problem = `${what} could not be fetched: the server did not answer. What was open before goes on working.`;
    return undefined;
  }
}
