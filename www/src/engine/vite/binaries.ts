/** Where the binaries are. This folder is what Vite alone understands; the npm package has the same three files (www/package/src/vite/). */

// Only what pkg-scripts/wasm has put there is offered.
export const binaries: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(import.meta.glob<string>('../pkg/*/skipscope_bg.wasm', { query: '?url', import: 'default', eager: true })).map(([path, url]) => [
    path.split('/')[2]!,
    new URL(url, import.meta.url).href,
  ]),
);
