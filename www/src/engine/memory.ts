/** Memory that threads share has to be made before its module, with limits that suit both the module and the browser. */

export interface Limits {
  /** In pages. */
  initial: number;
  maximum: number;
}

/** A network and its picture need some 200 MB: with less than this another flavour is the better choice. */
const LEAST_PAGES = 2048;

/**
 * A browser sets the maximum's room aside, and may refuse (phones do at 1 GiB): then half of it is asked for, and so on. A module
 * takes any memory whose maximum is at most its own.
 */
export function sharedMemory({ initial, maximum }: Limits): WebAssembly.Memory {
  for (let pages = maximum; ; pages = Math.max(LEAST_PAGES, pages >> 1)) {
    try {
      return new WebAssembly.Memory({ initial, maximum: pages, shared: true });
    } catch (error) {
      if (pages <= Math.max(initial, LEAST_PAGES)) throw error;
    }
  }
}

/** The limits of the memory that a binary imports: no browser tells. */
export function importedMemory(binary: Uint8Array): Limits {
  let at = 8; // magic and version
  const integer = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = binary[at++];
      if (byte === undefined) throw new Error('the binary ends too early');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const skip = () => {
    const bytes = integer();
    at += bytes;
  };
  const limits = (): Limits => {
    const flags = integer();
    const initial = integer();
    return { initial, maximum: flags & 1 ? integer() : 65536 };
  };
  while (at < binary.length) {
    const section = binary[at++];
    if (section !== 2) {
      skip();
      continue;
    }
    integer(); // its length
    for (let left = integer(); left > 0; left--) {
      skip(); // module
      skip(); // name
      switch (binary[at++]) {
        case 0: // function
          integer();
          break;
        case 1: // table
          at++;
          limits();
          break;
        case 2:
          return limits();
        case 3: // global
          at += 2;
          break;
        case 4: // tag of an exception
          at++;
          integer();
          break;
        default:
          throw new Error('the binary imports what is not known here');
      }
    }
    break;
  }
  throw new Error('the binary imports no memory');
}
