/** WebKitGTK's MiniBrowser on a display of its own, which WebKitWebDriver drives. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Builder, By, Capabilities, type WebDriver } from 'selenium-webdriver';
import { until, type Browser } from './driver.js';

export interface WebKitTools {
  xvfb: string;
  driver: string;
  browser: string;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Waits until what is to be pressed lies still in the middle of the window. The driver works out where it is first and presses there
 * afterwards, and what the page adds above it in between moves it away; Playwright waits like this by itself.
 */
function atRest(driver: WebDriver, selector: string): Promise<unknown> {
  let last = '';
  return until(`${selector} lies still`, async () => {
    const place = await driver.executeScript<string>((css: string) => {
      const element = document.querySelector(css);
      element?.scrollIntoView({ block: 'center', behavior: 'instant' });
      const { x, y, width, height } = element?.getBoundingClientRect() ?? new DOMRect();
      return [x, y, width, height, document.documentElement.scrollHeight].join(' ');
    }, selector);
    const still = place === last;
    last = place;
    return still;
  });
}

export async function startWebKit(tools: WebKitTools, site: string): Promise<Browser> {
  const started: ChildProcess[] = [];
  const stop = () => started.forEach((child) => child.kill());
  process.on('exit', stop);

  const xvfb = spawn(tools.xvfb, ['-displayfd', '3', '-screen', '0', '1280x1000x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  started.push(xvfb);
  const [display] = (await once(xvfb.stdio[3]!, 'data')) as [Buffer];
  const port = await freePort();
  // Safari hands out shared memory to isolated pages; WebKitGTK does so when it is told to.
  const env = { ...process.env, DISPLAY: `:${String(display).trim()}`, JSC_useSharedArrayBuffer: '1' };
  started.push(spawn(tools.driver, ['-p', String(port)], { stdio: 'inherit', env }));
  const server = `http://127.0.0.1:${port}`;
  await until('an answer of WebKitWebDriver', () =>
    fetch(`${server}/status`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );

  const capabilities = new Capabilities({ browserName: 'MiniBrowser', 'webkitgtk:browserOptions': { binary: tools.browser, args: ['--automation'] } });
  const driver = await new Builder().usingServer(server).withCapabilities(capabilities).build();
  await driver.manage().setTimeouts({ script: 120_000, pageLoad: 60_000 });
  return {
    open: (path) => driver.get(site + path),
    async run<A extends unknown[], T>(work: (...args: A) => T | Promise<T>, ...args: A): Promise<T> {
      const script = `const [args, done] = arguments;
        Promise.resolve().then(() => (${String(work)})(...args)).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
      const { value, error } = await driver.executeAsyncScript<{ value: T; error?: string }>(script, args);
      if (error) throw new Error(error);
      return value;
    },
    async press(selector) {
      await atRest(driver, selector);
      await driver.findElement(By.css(selector)).click();
    },
    async close() {
      await driver.quit();
      stop();
    },
  };
}
