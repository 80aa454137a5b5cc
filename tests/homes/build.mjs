/** node build.mjs [HOME...]: builds the homes, or those that are named, into dist/, each by its own build.mjs. */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dist, ELEMENTS, here, HOMES, install, SERVED } from './files.mjs';

install();
const wanted = process.argv.length > 2 ? process.argv.slice(2) : [...HOMES.filter((home) => !(home in SERVED)), ...ELEMENTS];
for (const home of wanted) {
  const began = performance.now();
  const to = join(dist, home);
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  const { build } = await import(`./${home}/build.mjs`);
  await build(to, join(here, home));
  console.log(`${home}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
}
cpSync(join(here, '../../www/public/samples/cat.jpg'), join(dist, 'cat.jpg'));
