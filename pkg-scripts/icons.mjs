// The icons of the installed page, from its mark: node pkg-scripts/icons.mjs, when www/public/icon.svg has changed.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { chromium } = createRequire(new URL('../tests/browser/package.json', import.meta.url))('@playwright/test');
const folder = new URL('../www/public/', import.meta.url);
const mark = readFileSync(new URL('icon.svg', folder), 'utf8');
// A mask may cut away a tenth at each side: the ground fills all of it, the mark four fifths.
const maskable = mark.replace(/rx="7"/, '').replace(/(<rect[^>]*>)(.*)(<\/svg>)/, '$1<g transform="translate(3.2 3.2) scale(.8)">$2</g>$3');

const browser = await chromium.launch({
  executablePath: process.env.SKIPSCOPE_BROWSER || undefined,
  args: JSON.parse(readFileSync(new URL('chromium-arguments.json', import.meta.url), 'utf8')),
});
for (const [name, svg, side] of [
  ['icon-192.png', mark, 192],
  ['icon-512.png', mark, 512],
  ['icon-maskable-512.png', maskable, 512],
]) {
  const page = await browser.newPage({ viewport: { width: side, height: side } });
  await page.setContent(`<style>* { margin: 0 } svg { display: block; width: ${side}px }</style>${svg}`);
  writeFileSync(new URL(name, folder), await page.screenshot({ omitBackground: true }));
}
await browser.close();
