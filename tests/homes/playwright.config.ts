import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { systemChromium } from '../browser/chromium.ts';

const port = Number(process.env.TEST_PORT ?? 8093);
const address = `http://127.0.0.1:${port}`;

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  fullyParallel: true,
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 60_000 }, // slow machines wait, they do not fail
  forbidOnly: !!process.env.CI,
  reporter: [['list']],
  use: {
    baseURL: address,
    launchOptions: {
      executablePath: systemChromium(),
      args: JSON.parse(readFileSync(join(import.meta.dirname, '../../pkg-scripts/chromium-arguments.json'), 'utf8')) as string[],
    },
  },
  webServer: { command: `node serve.mjs ${port}`, url: `${address}/cat.jpg`, reuseExistingServer: false, timeout: 60_000 },
});
