import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { address, webServer } from './site.js';

/** With all that a browser has: its shell gets no frames from a camera. */
export function wholeChromium(): string | undefined {
  return ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map((name) => join('/usr/bin', name)).find((path) => existsSync(path));
}

/** The one the environment names, else a system Chromium: Playwright's own download is not possible everywhere. */
function systemChromium(): string | undefined {
  if (process.env.SKIPSCOPE_BROWSER) return process.env.SKIPSCOPE_BROWSER;
  const names = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin'];
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  for (const app of ['Chromium', 'Google Chrome']) candidates.push(`/Applications/${app}.app/Contents/MacOS/${app}`);
  return candidates.find((path) => existsSync(path));
}

const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  fullyParallel: true,
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 60_000 }, // slow machines wait, they do not fail
  forbidOnly: !!process.env.CI,
  retries: 1, // hundreds of pages on a busy machine; the summary says how many tests needed it, and a fault fails twice
  reporter: [['list']],
  use: {
    baseURL: address,
    viewport: { width: 1280, height: 900 },
    serviceWorkers: 'block', // but for those who test it: each test has the page as it was built
    launchOptions: {
      executablePath: systemChromium(),
      args: JSON.parse(readFileSync(join(import.meta.dirname, '../../pkg-scripts/chromium-arguments.json'), 'utf8')) as string[],
    },
    // Recording costs half of a test's time. For one that fails: SKIPSCOPE_TRACE=1, and then `npx playwright show-trace`.
    trace: process.env.SKIPSCOPE_TRACE ? 'retain-on-failure' : 'off',
  },
  projects: [{ name: 'desktop' }, { name: 'phone', use: phone, testMatch: ['phone.spec.ts', 'accessibility.spec.ts'] }].map((project) =>
    project.name === 'desktop' ? { ...project, testIgnore: ['phone.spec.ts', '**/engines/**'] } : project,
  ),
  webServer,
});
