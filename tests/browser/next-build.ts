/** The build after this one, made of it: other texts in the page and in the engine's worker, so other names for all scripts, as a build gives them. */
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const sha256 = (bytes: Buffer, form: 'hex' | 'base64') => createHash('sha256').update(bytes).digest(form);

/** Writes it into `to`. Its title is “SkipScope, the next build”; the names of its scripts end in `-next.js`. */
export function nextBuild(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
  const assets = join(to, 'assets');
  const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
  const renamed = (text: string) => scripts.reduce((said, name) => said.replaceAll(name, next(name)), text);
  for (const name of scripts) {
    const file = join(assets, name);
    writeFileSync(file, `/* next */${renamed(readFileSync(file, 'utf8'))}`);
    renameSync(file, join(assets, next(name)));
  }
  const html = join(to, 'index.html');
  writeFileSync(html, renamed(readFileSync(html, 'utf8')).replace(/<title>.*<\/title>/, '<title>SkipScope, the next build</title>'));
  // The list of files in the service worker.
  const worker = join(to, 'sw.js');
  let listed = 0;
  const text = renamed(readFileSync(worker, 'utf8')).replace(
    /url:(.)([^`"']+)\1,revision:(null|.[0-9a-f]+.),integrity:.sha256-[^`"']+./g,
    (_, quote, url, revision) => {
      listed++;
      const bytes = readFileSync(join(to, url));
      const said = (value: string) => quote + value + quote;
      return `url:${said(url)},revision:${revision === 'null' ? null : said(sha256(bytes, 'hex').slice(0, 16))},integrity:${said(`sha256-${sha256(bytes, 'base64')}`)}`;
    },
  );
  if (listed < scripts.length) throw new Error(`the service worker’s list was not understood: ${listed} files of it were found`);
  writeFileSync(worker, text);
}

const next = (name: string) => name.replace(/\.js$/, '-next.js');
