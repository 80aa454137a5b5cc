/** The files that are in the document: unpacked before anything else of the page runs. */

/** Of files, by their path in the site; of workers and binaries, by the names that the build gave them. */
const unpacked = new Map<string, Blob>();
const addresses = new Map<string, string>();

const TYPES: Record<string, string> = {
  js: 'text/javascript',
  json: 'application/json',
  jpg: 'image/jpeg',
  wasm: 'application/wasm',
};

async function unpack(node: HTMLScriptElement): Promise<void> {
  const { file = '' } = node.dataset;
  const packed = Uint8Array.from(atob(node.textContent), (character) => character.charCodeAt(0));
  node.remove(); // its text is a third larger than the file, and nobody reads it again
  const bytes = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
  unpacked.set(file, new Blob([bytes], { type: TYPES[file.split('.').at(-1)!] ?? 'application/octet-stream' }));
}

try {
  await Promise.all([...document.querySelectorAll<HTMLScriptElement>('script[data-file]')].map(unpack));
} catch (error) {
  document.getElementById('app')!.textContent =
    'SkipScope could not be unpacked: this browser is too old for it, or the file was not copied whole. Browsers since 2023 open it.';
  throw error;
}

export function fileOf(path: string): Blob {
  const file = unpacked.get(path);
  if (!file) throw new Error(`${path} is not in this file`);
  return file;
}

/** The same for every call. */
export function addressOf(path: string): string {
  const known = addresses.get(path) ?? URL.createObjectURL(fileOf(path));
  addresses.set(path, known);
  return known;
}

/** As an address that a worker may fetch, too: Chromium gives every worker of a file:// page an origin of its own, which has no part in the page's blobs. */
export function dataOf(path: string): Promise<string> {
  const reader = new FileReader();
  return new Promise((resolve, reject) => {
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error ?? new Error(path));
    reader.readAsDataURL(fileOf(path));
  });
}

/** A worker's script. `binary`: what it instantiates, which it finds under `skipscopeBinary`. */
export async function scriptOf(name: string, binary: string | null = null): Promise<string> {
  if (binary === null) return addressOf(name);
  const before = `globalThis.skipscopeBinary = ${JSON.stringify(await dataOf(binary))};\n`;
  unpacked.set(name, new Blob([before, fileOf(name)], { type: TYPES.js }));
  unpacked.delete(binary);
  return addressOf(name);
}
