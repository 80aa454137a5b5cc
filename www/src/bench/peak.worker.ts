/** Another core's share of the peak. */
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
Comlink.expose(helper);
