/**
 * node www/package/site.mjs OUT: the part of the built page that `npx skipscope` serves, beside the package's files in OUT/. Without other
 * people's engines (19 MB, for the benchmark) and without the large models; what the package holds already is named, not copied.
 */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const www = join(import.meta.dirname, '..');
const built = join(www, 'dist');
const out = process.argv[2];
const site = join(out, 'site');

const MODELS = ['resnet20', 'plain20'];
const registry = JSON.parse(readFileSync(join(www, 'public/models/registry.json'), 'utf8')); // here ResNet-50 is one file
const served = new Set([...registry.models.filter(({ id }) => MODELS.includes(id)), { file: 'hub.json' }, { file: 'registry.json' }].map(({ file }) => file));

const sha = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');
const inPackage = new Map(readdirSync(join(out, 'dist')).map((file) => [sha(join(out, 'dist', file)), `./${file}`]));
const peer = /^assets\/peers\/|^assets\/candle/;
/** For hosts; and the service worker: whoever has the package has the page, and its server sends the headers. */
const hosting = /^(sw\.js|_headers)$/;

rmSync(site, { recursive: true, force: true });
const same = {};
for (const path of readdirSync(built, { recursive: true }).sort()) {
  const file = join(built, path);
  if (!statSync(file).isFile() || peer.test(path) || hosting.test(path) || path.endsWith('.map')) continue;
  if (path.startsWith('models/') && !served.has(path.slice('models/'.length))) continue;
  const twin = inPackage.get(sha(file));
  if (twin) same[path] = twin;
  else {
    mkdirSync(dirname(join(site, path)), { recursive: true });
    cpSync(file, join(site, path));
  }
}
/** The list of models, without and with ResNet-50, which is served where it has been fetched. */
const list = (file, ids) => writeFileSync(join(site, file), JSON.stringify({ models: registry.models.filter(({ id }) => ids.includes(id)) }, null, 2));
list('models/registry.json', MODELS);
list('registry-resnet50.json', [...MODELS, 'resnet50']);
writeFileSync(join(site, 'same.json'), JSON.stringify(same));
