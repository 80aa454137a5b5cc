import { defineConfig } from '@playwright/test';
import { address, webServer } from '../site.js';

export default defineConfig({
  testDir: '.',
  workers: 1, // one browser an engine, which its tests share
  timeout: 300_000,
  forbidOnly: !!process.env.CI,
  // WebKitGTK's page process was seen to die by itself ("page crash or hang") on a machine where the same steps passed before and after.
  // The second try has a browser of its own, and the summary says that it was needed; what is wrong with the page fails twice.
  retries: 1,
  reporter: [['list']],
  use: { baseURL: address },
  webServer,
});
