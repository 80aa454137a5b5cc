/** SHA-256 of what comes piece by piece. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

export interface Hasher {
  update(bytes: Uint8Array): void;
  /** In hexadecimal digits. */
  digest(): Promise<string>;
}

/** More than this is not held for the browser's own, which takes the whole at once. */
const MOST_HELD = 1 << 26;

/**
 * `length`: as many bytes as there will be at most. The browser's own hash takes 40 ms for ResNet-50's 27 MB, on a thread of its own; the
 * one that takes pieces, in JavaScript, took 545 of the 3,100 ms to the first result. Without a secure context there is no other.
 */
export function hasher(length: number): Hasher {
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle;
  if (!subtle || length > MOST_HELD) {
    const hash = sha256.create();
    return { update: (bytes) => void hash.update(bytes), digest: async () => bytesToHex(hash.digest()) };
  }
  const whole = new Uint8Array(length);
  let end = 0;
  return {
    update: (bytes) => {
      whole.set(bytes, end);
      end += bytes.length;
    },
    digest: async () => bytesToHex(new Uint8Array(await subtle.digest('SHA-256', whole.subarray(0, end)))),
  };
}
