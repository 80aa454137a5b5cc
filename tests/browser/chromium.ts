/** Which Chromium the tests open: these, and those of tests/homes. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** With all that a browser has: its shell gets no frames from a camera. */
export function wholeChromium(): string | undefined {
  return ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map((name) => join('/usr/bin', name)).find((path) => existsSync(path));
}

/** The one the environment names, else a system Chromium: Playwright's own download is not possible everywhere. */
export function systemChromium(): string | undefined {
  if (process.env.SKIPSCOPE_BROWSER) return process.env.SKIPSCOPE_BROWSER;
  const names = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin'];
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  for (const app of ['Chromium', 'Google Chrome']) candidates.push(`/Applications/${app}.app/Contents/MacOS/${app}`);
  return candidates.find((path) => existsSync(path));
}
