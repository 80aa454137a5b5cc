/** The document that has everything in it: start page, style sheet, script, and the files, gzipped. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const www = join(import.meta.dirname, '..');
export const MODELS = ['resnet20', 'plain20'];

export interface Parts {
  script: string;
  style: string;
  /** Of workers, by name. */
  workers: Record<string, string>;
}

const read = (path: string) => readFileSync(join(www, path));

/** What the page asks for, by its path in the site; and the binaries. */
function files(workers: Record<string, string>): Map<string, Uint8Array> {
  const registry = JSON.parse(read('public/models/registry.json').toString()) as { models: { id: string; file: string }[] };
  const models = registry.models.filter(({ id }) => MODELS.includes(id));
  if (models.length !== MODELS.length) throw new Error(`the registry does not have ${MODELS.join(' and ')}`);
  const samples = read('public/samples/samples.json');
  const pictures = (JSON.parse(samples.toString()) as { samples: { file: string }[] }).samples.map(({ file }) => file);
  const found = new Map<string, Uint8Array>([
    ['models/registry.json', Buffer.from(JSON.stringify({ models }))],
    ['samples/samples.json', samples],
    ['engine.wasm', read('src/engine/pkg/simd128/skipscope_bg.wasm')],
    ['lab.wasm', read('src/lab/pkg/simd128/lab_bg.wasm')],
    ['reader.wasm', read('src/foreign/pkg/foreign_bg.wasm')],
  ]);
  for (const { file } of models) found.set(`models/${file}`, read(`public/models/${file}`));
  for (const file of ['thumbnails.jpg', ...pictures]) found.set(`samples/${file}`, read(`public/samples/${file}`));
  for (const [name, code] of Object.entries(workers)) found.set(name, Buffer.from(code));
  return found;
}

const sha256 = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** As the content of an element: nothing in it ends the element. */
const inScript = (code: string) => code.replaceAll(/<(?=\/script|!--)/gi, String.raw`\x3c`);

/** As csp.ts, less everything that is on a server. */
function policy(scripts: string[], style: string): string {
  return [
    "default-src 'none'",
    `script-src ${scripts.map(sha256).join(' ')} 'wasm-unsafe-eval'`,
    `style-src ${sha256(style)}`,
    'img-src blob: data:',
    'connect-src blob: data:', // what is in the document, and nothing else
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types skipscope-worker svelte-trusted-html',
  ].join('; ');
}

function replaced(html: string, what: string | RegExp, by: string): string {
  const text = html.replace(what, () => by);
  if (text === html) throw new Error(`index.html has no ${String(what)}`);
  return text;
}

export function documentOf({ script: code, style, workers }: Parts): string {
  const script = inScript(code);
  const theme = inScript(read('public/theme.js').toString());
  const icon = `data:image/svg+xml;base64,${read('public/icon.svg').toString('base64')}`;
  const data = [...files(workers)].map(
    ([path, bytes]) => `<script type="application/gzip" data-file="${path}">${gzipSync(bytes, { level: 9 }).toString('base64')}</script>\n`,
  );
  let html = read('index.html').toString();
  html = replaced(html, '<script src="./theme.js"></script>', `<script>${theme}</script>`);
  html = replaced(html, './icon.svg', icon);
  // Of a site that is installed: a file is where it is.
  html = replaced(html, /\n\s*<link rel="apple-touch-icon"[^>]*>\n\s*<link rel="manifest"[^>]*>/, '');
  html = replaced(html, '<head>', `<head>\n    <meta http-equiv="Content-Security-Policy" content="${policy([theme, script], style)}" />`);
  html = replaced(html, '</head>', `<style>${style}</style>\n  </head>`);
  return replaced(html, /<script type="module" src="[^"]+"><\/script>/, `${data.join('')}<script type="module">${script}</script>`);
}
