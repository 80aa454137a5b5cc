/** What the scenario needs of a browser: as little as two ways of driving one have in common. */
export interface Browser {
  /** Opens a path of the site. */
  open(path: string): Promise<void>;
  /** Calls a function in the page. It sees nothing but its arguments. */
  run<A extends unknown[], T>(work: (...args: A) => T | Promise<T>, ...args: A): Promise<T>;
  /** Presses what a selector finds, as a visitor would. */
  press(selector: string): Promise<void>;
  close(): Promise<void>;
}

const PATIENCE_MS = 60_000; // slow machines wait, they do not fail

/** Asks until the answer is something. `what` says what was waited for. */
export async function until<T>(what: string, ask: () => Promise<T | null | undefined | false>): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`not within ${PATIENCE_MS / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A parameter of the page's address. */
export const search = (browser: Browser, key: string) => browser.run((name) => new URLSearchParams(location.search).get(name), key);

/** Presses the button or link whose accessible name begins with `name`, once there is one. */
export async function pressNamed(browser: Browser, name: string): Promise<void> {
  const mark = 'data-engines-test';
  await until(`a button "${name}"`, () =>
    browser.run(
      (wanted, attribute) => {
        for (const old of document.querySelectorAll(`[${attribute}]`)) old.removeAttribute(attribute);
        const all = [...document.querySelectorAll<HTMLElement>('button, a[href], summary')];
        const found = all.find((element) => (element.ariaLabel ?? element.innerText).trim().startsWith(wanted) && element.checkVisibility());
        found?.setAttribute(attribute, '');
        return found !== undefined;
      },
      name,
      mark,
    ),
  );
  await browser.press(`[${mark}]`);
}
