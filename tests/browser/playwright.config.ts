import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { systemChromium } from './chromium.js';
import { address, webServer } from './site.js';

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
