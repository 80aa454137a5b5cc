/**
 * A report, not a test of speed: how long the page's own thread is kept busy while ResNet-50 is open. It fails only where
 * nothing was measured or the page did not get there; times depend on the machine and are printed, never judged.
 */
import { expect, test, type CDPSession, type Page, type TestInfo } from '@playwright/test';
import { block, blocks, caption, needsResnet50, restingBox, top } from './explorer.js';

interface Task {
  start: number;
  duration: number;
}
interface Frame extends Task {
  scripts: { what: string; duration: number; layout: number }[];
  /** Style and layout, at the frame's end. */
  render: number;
}
interface Arrival {
  at: number;
  /** Until the message was an object. */
  unpacked: number;
  /** Until the second frame after it. */
  drawn: number;
}
interface Records {
  tasks: Task[];
  frames: Frame[];
  arrivals: Arrival[];
  /** Between two animation frames. */
  gaps: Task[];
}
declare global {
  interface Window {
    responsiveness: Records;
  }
}

/** Runs before the page's own scripts. */
function watch(): void {
  const records: Records = (window.responsiveness = { tasks: [], frames: [], arrivals: [], gaps: [] });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) records.tasks.push({ start: startTime, duration });
  }).observe({ type: 'longtask', buffered: true });
  if (PerformanceObserver.supportedEntryTypes.includes('long-animation-frame')) {
    interface Script {
      invoker: string;
      sourceFunctionName: string;
      sourceURL: string;
      duration: number;
      forcedStyleAndLayoutDuration: number;
    }
    interface Entry extends PerformanceEntry {
      scripts: Script[];
      styleAndLayoutStart: number;
    }
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as Entry[]) {
        records.frames.push({
          start: entry.startTime,
          duration: entry.duration,
          render: entry.styleAndLayoutStart ? entry.startTime + entry.duration - entry.styleAndLayoutStart : 0,
          scripts: entry.scripts.map(({ invoker, sourceFunctionName, sourceURL, duration, forcedStyleAndLayoutDuration }) => ({
            what: `${invoker} ${sourceFunctionName} (${sourceURL.split('/').pop()})`,
            duration,
            layout: forcedStyleAndLayoutDuration,
          })),
        });
      }
    }).observe({ type: 'long-animation-frame', buffered: true });
  }
  let last = performance.now();
  const frame = (now: number) => {
    if (now - last > 34) records.gaps.push({ start: last, duration: now - last });
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  // A result is a message of the engine's worker that holds statistics. This listener is the first to look into it.
  const Own = window.Worker;
  window.Worker = class extends Own {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener('message', (event) => {
        const at = performance.now();
        const ran = (event.data as { value?: Partial<Record<'intact' | 'lesioned', { statistics?: unknown } | null>> } | null)?.value;
        if (!(ran?.lesioned ?? ran?.intact)?.statistics) return;
        const arrival = { at, unpacked: performance.now() - at, drawn: NaN };
        records.arrivals.push(arrival);
        requestAnimationFrame(() => requestAnimationFrame(() => (arrival.drawn = performance.now() - at)));
      });
    }
  };
}

/** What the page's thread computed, in its own processor time: what else the machine does leaves it alone, unlike the durations. */
const WORK = { TaskDuration: 'all', ScriptDuration: 'scripts', LayoutDuration: 'layout', RecalcStyleDuration: 'style' } as const;
type Work = Record<(typeof WORK)[keyof typeof WORK], number>;

async function work(session: CDPSession): Promise<Work> {
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (metric: string) => 1000 * (metrics.find(({ name }) => name === metric)?.value ?? NaN);
  return Object.fromEntries(Object.entries(WORK).map(([metric, name]) => [name, of(metric)])) as Work;
}

interface Phase {
  name: string;
  milliseconds: number;
  work: Work;
  longTasks: number[];
  longFrames: Frame[];
  frameGaps: number[];
  arrivals: Arrival[];
}

/** Does something and takes down what the page's thread did meanwhile. */
async function phase(page: Page, session: CDPSession, name: string, act: () => Promise<void>): Promise<Phase> {
  const now = () => page.evaluate(() => performance.now());
  const began = page.url() === 'about:blank' ? 0 : await now();
  const before = await work(session);
  await act();
  // What is observed is handed over after the task; two frames later it has been.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 50)))));
  const ended = await now();
  const after = await work(session);
  const spent = Object.fromEntries(Object.entries(after).map(([kind, value]) => [kind, value - before[kind as keyof Work]])) as Work;
  const { tasks, frames, arrivals, gaps } = await page.evaluate(() => window.responsiveness);
  const within = <T extends { start: number }>(all: T[]) => all.filter(({ start }) => start >= began && start < ended);
  return {
    name,
    milliseconds: ended - began,
    work: spent,
    longTasks: within(tasks).map(({ duration }) => duration),
    longFrames: within(frames),
    frameGaps: within(gaps).map(({ duration }) => duration),
    arrivals: arrivals.filter(({ at }) => at >= began && at < ended),
  };
}

const round = (value: number) => Math.round(value * 10) / 10;

function told({ name, milliseconds, work: { all, scripts, layout, style }, longTasks, longFrames, frameGaps, arrivals }: Phase): string {
  const lines = [
    `${name} (${Math.round(milliseconds)} ms): ${longTasks.length} long tasks${longTasks.length ? ` of ${longTasks.map(Math.round).join(', ')} ms` : ''}; ` +
      `longest gap between frames ${Math.round(Math.max(0, ...frameGaps))} ms`,
  ];
  lines.push(`    computed ${Math.round(all)} ms: scripts ${Math.round(scripts)}, layout ${Math.round(layout)}, style ${Math.round(style)}`);
  for (const { unpacked, drawn } of arrivals) lines.push(`    a result: ${round(unpacked)} ms to unpack, drawn ${round(drawn)} ms after it came`);
  // A long frame without a script of any length is the browser's own work, or a thread that had to wait for a core.
  const busy = (frame: Frame) => frame.render + frame.scripts.reduce((sum, { duration }) => sum + duration, 0);
  const worst = longFrames.filter((frame) => busy(frame) >= 16).sort((x, y) => busy(y) - busy(x));
  for (const { duration, render, scripts } of worst.slice(0, 4)) {
    const named = [...scripts].sort((x, y) => y.duration - x.duration).slice(0, 3);
    const what = named.map(
      (script) => `${Math.round(script.duration)} ms ${script.what}${script.layout >= 1 ? `, ${Math.round(script.layout)} ms of it forced layout` : ''}`,
    );
    lines.push(`    a frame of ${Math.round(duration)} ms: ${[...what, `${Math.round(render)} ms style, layout, paint`].join('; ')}`);
  }
  const other = longFrames.filter((frame) => busy(frame) < 16);
  if (other.length)
    lines.push(`    ${other.length} more frames of up to ${Math.round(Math.max(...other.map(({ duration }) => duration)))} ms without a script`);
  return lines.join('\n');
}

async function report(phases: Phase[], info: TestInfo): Promise<void> {
  const text = phases.map(told).join('\n');
  console.log(text);
  info.annotations.push({ type: 'responsiveness', description: text });
  await info.attach('responsiveness.json', { body: JSON.stringify(phases, null, 1), contentType: 'application/json' });
}

test('how long the page’s thread is busy while ResNet-50 is open', async ({ page, request }, info) => {
  await needsResnet50(request);

  await page.addInitScript(watch);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const phases: Phase[] = [];
  const during = async (name: string, act: () => Promise<void>) => void phases.push(await phase(page, session, name, act));

  await during('load', async () => {
    await page.goto('/?model=resnet50&sample=cat&block=layer2.1');
    await expect(blocks(page)).toHaveCount(16);
    await expect(top(page).first()).toHaveText(/Egyptian.cat/i);
  });
  await during('another picture', async () => {
    await page.getByRole('button', { name: 'A cup of coffee' }).click();
    await expect(caption(page)).toContainText('A cup of coffee');
    await expect(top(page).first()).toHaveText(/espresso/i);
  });
  await during('another block, of 56 × 56 × 256', async () => {
    await block(page, 'layer1.1').getByRole('button').first().click();
    await expect(page.getByTestId('detail')).toHaveAttribute('data-block-shown', 'layer1.1');
  });

  let channels = 0;
  await during('a pointer over the grids', async () => {
    const loupe = page.getByTestId('detail').getByTestId('loupe');
    await loupe.scrollIntoViewIfNeeded();
    const seen = new Set<string | null>();
    for (const branch of ['identity', 'residual', 'sum', 'output']) {
      const cells = page.getByTestId('detail').locator(`button[data-branch="${branch}"]`);
      const [from, to] = [await restingBox(cells.nth(1)), await restingBox(cells.nth(12))];
      await page.mouse.move(from.x + 4, from.y + 4);
      await page.mouse.move(to.x + to.width - 4, to.y + to.height - 4, { steps: 40 });
      seen.add(await loupe.getAttribute('data-channel'));
    }
    channels = seen.size;
  });

  const scale = page.getByRole('slider', { name: /residual|F\(x\)/i }).first();
  await during('a lesion’s slider dragged', async () => {
    await scale.scrollIntoViewIfNeeded();
    const box = await restingBox(scale);
    const before = await scale.inputValue();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.1, box.y + box.height / 2, { steps: 30 });
    await page.mouse.up();
    await expect.poll(() => scale.inputValue()).not.toBe(before);
    await expect.poll(() => new URL(page.url()).searchParams.get('lesion')).toContain('layer1.1');
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  });

  await report(phases, info);
  expect(channels).toBeGreaterThan(0);
  for (const {
    name,
    work: { all },
  } of phases)
    expect(all, `${name}: its work was measured`).toBeGreaterThan(0);
  for (const name of ['load', 'another picture', 'another block, of 56 × 56 × 256', 'a lesion’s slider dragged']) {
    const { arrivals } = phases.find((one) => one.name === name)!;
    expect(arrivals.length, `${name}: a result came`).toBeGreaterThan(0);
    for (const { drawn } of arrivals) expect(drawn, `${name}: and was drawn`).toBeGreaterThan(0);
  }
});
