import { defineConfig } from '@playwright/test';
import { address, webServer } from '../site.js';

export default defineConfig({
  testDir: '.',
  workers: 1, // one browser an engine, which its tests share
  timeout: 300_000,
  forbidOnly: !!process.env.CI,
  retries: 1, // as in Chromium's suite
  reporter: [['list']],
  use: { baseURL: address },
  webServer,
});
