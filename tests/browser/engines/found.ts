/** The browsers other than Chromium that this machine has. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser } from './driver.js';
import { startFirefox } from './firefox.js';
import { startWebKit } from './webkit.js';

/** The first of the names that is on the PATH, or that is a file. */
function find(...names: string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => (name.includes('/') ? [name] : folders.map((folder) => join(folder, name)))).find((path) => existsSync(path));
}

const firefox = find('firefox-esr');
/** Debian puts MiniBrowser beside the library of its version. */
function miniBrowser(): string | undefined {
  const libraries = ['/usr/lib', ...['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu`)];
  return find(
    'MiniBrowser',
    ...libraries.flatMap((folder) => ['webkitgtk-6.0', 'webkit2gtk-4.1', 'webkit2gtk-4.0'].map((name) => join(folder, name, 'MiniBrowser'))),
  );
}
const webkit = { xvfb: find('Xvfb'), driver: find('WebKitWebDriver'), browser: miniBrowser() };

export const ENGINES: { name: string; start: ((site: string) => Promise<Browser>) | null; missing: string; retries: number }[] = [
  { name: 'Firefox', start: firefox ? (site) => startFirefox(firefox, site) : null, missing: 'firefox-esr is not installed', retries: 0 },
  {
    name: 'WebKit',
    start: webkit.xvfb && webkit.driver && webkit.browser ? (site) => startWebKit(webkit as Record<keyof typeof webkit, string>, site) : null,
    missing: 'webkit2gtk-driver or xvfb is not installed',
    // Its page process was seen to die by itself ("page crash or hang") on a machine where the same steps passed before and after. The
    // second try has a browser of its own, and the summary says that it was needed; what is wrong with the page fails twice.
    retries: 1,
  },
];
