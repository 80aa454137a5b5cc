/** Another core's share of the peak. The benchmark's worker asks through a port, which the page brings. */
import * as Comlink from 'comlink';
import { startPeak, type Peak } from './peak';

let peak: Peak;

const helper = {
  async start(): Promise<void> {
    peak = await startPeak();
  },
  measure: (milliseconds: number): number => peak.measure(milliseconds),
};
export type PeakHelper = typeof helper;
addEventListener('message', ({ data }: MessageEvent<MessagePort>) => Comlink.expose(helper, data));
