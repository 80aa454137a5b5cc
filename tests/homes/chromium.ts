import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The one the environment names, else the system's; else Playwright's own. */
export function systemChromium(): string | undefined {
  if (process.env.SKIPSCOPE_BROWSER) return process.env.SKIPSCOPE_BROWSER;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  return (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}
