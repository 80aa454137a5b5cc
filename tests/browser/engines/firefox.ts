/** A stock Firefox, which Playwright drives over WebDriver BiDi: no build of its own, no geckodriver. */
import { firefox } from '@playwright/test';
import type { Browser } from './driver.js';

export async function startFirefox(executablePath: string, site: string): Promise<Browser> {
  const browser = await firefox.launch({ channel: 'moz-firefox', executablePath });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  return {
    open: async (path) => void (await page.goto(site + path)),
    run: (work, ...args) => page.evaluate(`(${String(work)})(...${JSON.stringify(args)})`),
    press: (selector) => page.locator(selector).click(),
    close: () => browser.close(),
  };
}
