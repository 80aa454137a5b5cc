/** The files that an engine is made of, besides the page's own script. */
import { binaries } from './vite/binaries';
import { scripts } from './vite/scripts';

export interface Assets {
  /** Addresses of module scripts. */
  worker: string;
  helper: string;
  /** Of the binaries that there are, by flavour. */
  binaries: Readonly<Record<string, string>>;
}

/** As they were built. */
export const BUILT: Assets = { ...scripts, binaries };
