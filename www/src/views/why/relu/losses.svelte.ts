/** Block after block of a net on a picture: each is run for with all its channels, which for all at once would be too much to keep. */
import { isKind, messageOf, type Crop, type Net, type Picture } from '../../../engine';
import { lossOf, type BlockLoss } from './measure';

export class Losses {
  blocks = $state.raw<BlockLoss[]>([]);
  /** How many there will be. */
  of = $state(0);
  running = $state(false);
  problem = $state<string | null>(null);
  #ends = new AbortController();

  /** `picture`: once it is there; null where there is none to be had any more. */
  async measure(net: Pick<Net, 'info' | 'classify'>, picture: () => Promise<Picture | null>, crop: Crop | null): Promise<void> {
    this.#ends.abort();
    const { signal } = (this.#ends = new AbortController());
    Object.assign(this, { blocks: [], of: net.info.blocks.length, running: true, problem: null });
    try {
      const seen = await picture();
      if (!seen) throw new Error('That picture is gone. Choose one in Explore.');
      for (const block of net.info.blocks) {
        const { detail } = await net.classify(seen, { crop, keep: block.name, topK: 0, signal });
        signal.throwIfAborted();
        if (detail) this.blocks = [...this.blocks, lossOf(block, detail)];
      }
    } catch (error) {
      if (!signal.aborted && !isKind(error, 'cancelled')) this.problem = messageOf(error);
    } finally {
      if (this.#ends.signal === signal) this.running = false;
    }
  }

  /** What was found so far stays. */
  cancel(): void {
    this.#ends.abort();
    this.running = false;
  }
}
