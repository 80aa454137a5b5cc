/** What the benchmark measures and what it says of it. The first part mirrors src/wasm/bench.rs. */

export interface Layer {
  name: string;
  inputs: number;
  outputs: number;
  kernel: number;
  stride: number;
}

export interface Description {
  macs: number;
  parameters: number;
  stem: Layer;
  blocks: { name: string; residual: Layer[]; projection?: Layer | null }[];
  classes: number;
  features: number;
}

export type Tensors = Map<string, Float32Array>;

/** Something of ours that runs and is timed. ReLU belongs to the convolution before it, and so does a block's sum. */
export interface Step extends Layer {
  /** Of a convolution or linear layer; empty for pooling. */
  algorithm: string;
  macs: number;
  /** Of the output. */
  side: number;
}

export interface WasmBench {
  run(image: Float32Array): Float32Array;
  layers(): Step[];
  /** As `run`: the time at the start and after every one of `layers`. */
  time(image: Float32Array, now: () => number): Float64Array;
  free(): void;
}

export interface WasmBenchModule {
  default(input?: unknown): Promise<unknown>;
  Bench: {
    build(network: string, side: number, tensors: Tensors): WasmBench;
  };
  Synthetic: {
    of(network: string): { describe(side: number): Description; tensors(): Tensors; image(side: number): Float32Array; free(): void };
  };
}

// ---- what is to be measured ----------------------------------------------------------------------------------------------

const ALL_ENGINES = ['skipscope', 'onnxruntime-web', 'tfjs-wasm', 'candle'] as const;
export type EngineName = (typeof ALL_ENGINES)[number];
/** Candle is there where pkg-scripts/bench has built it: a visitor need not wait for that. */
export const enginesWith = (candle: string | null): EngineName[] => ALL_ENGINES.filter((name) => name !== 'candle' || candle !== null);
export const ENGINES = enginesWith(__CANDLE_VERSION__);

/** One engine as it takes part: our own in any flavour that was built. */
export interface Contender {
  engine: EngineName;
  flavour: string;
  threads: number;
}

/** Contenders that meet in the same rounds, on one network and one thread count. */
export interface Configuration {
  network: string;
  side: number;
  threads: number;
  contenders: Contender[];
}

// ---- what the worker answers ---------------------------------------------------------------------------------------------

export interface Entry extends Contender {
  version: string;
  /** As it says itself: tfjs 4.22 has one, also in its build with threads, and starts eight workers for it. */
  ran_threads: number;
  /** Fetching and compiling the library. */
  start_ms: number;
  /** From weights in memory to a network that can run. */
  load_ms: number;
  /** The first inference, in code that the browser has not optimised yet. */
  first_ms: number;
  /** Largest difference of a logit to the first contender's, relative to their standard deviation. */
  logit_difference: number;
}

export interface Prepared {
  macs: number;
  peak_instruction: string;
  entries: Entry[];
}

/** One round: milliseconds of each contender, and the peak in GMAC/s, of as many threads, before and after its turn. */
export interface Round {
  peaks: [before: number, after: number][];
  times: number[];
  /** Turns that were disturbed and repeated within the round. */
  repeated: number;
}

/** Our engine layer by layer, inside of plain inferences. */
export interface LayerTimes {
  flavour: string;
  threads: number;
  /** Of as many threads, around the inferences that count. */
  peak_gmac_s: number;
  /** Inferences around which the peak never fell; where there is none, all count, and this is 0. */
  accepted_runs: number;
  layers: LayerTime[];
}

export interface LayerTime extends Step {
  /** Mean of the middle half of some runs. */
  ms: number;
  /** MACs / time / peak. More than 1 where fewer products are computed than the convolution has. */
  peak_share: number;
}

// ---- the report ----------------------------------------------------------------------------------------------------------

export interface Row extends Entry {
  network: string;
  side: number;
  macs: number;
  /** Over the accepted rounds; where there is none, over all, and `disturbed` says so. */
  median_ms: number;
  best_ms: number;
  accepted_rounds: number;
  discarded_rounds: number;
  /** Turns, of any engine, that were disturbed and repeated within a round. */
  repeated_turns: number;
  disturbed: boolean;
  /** Time x the FMA peak before and after it (their mean, of as many threads) / multiply-accumulates: what remains when the machine is divided out. */
  time_x_peak_per_mac: number;
  /** Time / onnxruntime-web's time in the same round: the median of these. Null where it did not take part. */
  ratio_to_onnxruntime: number | null;
  /** WebAssembly memory at the end. */
  memory_bytes: number;
}

export interface Report {
  /** Of one thread, or of as few as took part. */
  peak_gmac_s: number;
  /** The best that was seen, for every number of threads that ran at once: their sum. */
  peaks: { threads: number; gmac_s: number }[];
  peak_instruction: string;
  browser: string;
  cores: number;
  /** Without it there is no shared memory, hence one thread. */
  cross_origin_isolated: boolean;
  rounds: number;
  rows: Row[];
  layers: (LayerTimes & { network: string; side: number })[];
  /** Every round as it was measured, for whoever would judge them otherwise. */
  measurements: { network: string; side: number; contenders: Contender[]; rounds: Round[] }[];
}
