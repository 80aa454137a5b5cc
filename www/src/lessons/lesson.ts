/** What a lesson is: data, one file each. The page that shows it knows none of them. */
import type { Lesion } from '../engine';

/** In Explore: the net, the picture and the block that are looked at, and what of it is cut. */
export interface BlockScene {
  model: string;
  sample: string;
  block: string;
  /** Nothing, where it is left out. */
  lesion?: Lesion;
}

/** In Compare: two nets on one picture. */
export interface PairScene {
  model: string;
  sample: string;
  /** The other net. */
  against: string;
}

/** In an exhibit of “Why residual”. */
export interface ExhibitScene {
  exhibit: string;
  /** Its controls, as the address writes them; as they are at first, where they are left out. */
  settings?: Readonly<Record<string, string>>;
  /** What the exhibit looks at, where it looks at what Explore shows. */
  seen?: Pick<BlockScene, 'model' | 'sample'>;
}

/** Where the page stands at a step. */
export type Scene = BlockScene | PairScene | ExhibitScene;

/** A part of the page, by its `data-part`. */
export const PARTS = [
  'picture',
  'prediction',
  'map',
  'identity',
  'residual',
  'sum',
  'output',
  'channels',
  // Of an exhibit.
  'controls',
  'findings',
  'more',
  'errors-plain',
  'errors-residual',
  'flow-gradient',
  'flow-signal',
  'paths-chart',
  'block-bottleneck',
] as const;
export type Part = (typeof PARTS)[number];

/** A number of the run that Explore shows. */
export type RunMeasure =
  /** rms(F) / rms(x) of the open block. */
  | 'size of F relative to x'
  /** The part of the open block's sum that is negative. */
  | 'clipped by ReLU'
  /** The part of the probability that is with other classes than in the intact net. */
  | 'moved'
  /** Cosine of x and F of the open block. */
  | 'agreement';

/** A number that an exhibit has measured, and tells. */
export type ExhibitMeasure =
  /** Error of the deeper plain net at the end of its training, less the shallower one's: on the training pictures, 0 to 1. */
  | 'training error that depth adds, plain'
  | 'training error that depth adds, residual'
  /** Of the deeper plain net at the end: its test error less its training error. */
  | 'test error beyond training error'
  /** Gradient norm of the first block's first convolution over the last convolution's. */
  | 'first gradient relative to last'
  /** The largest gradient norm of all layers. */
  | 'largest gradient'
  /** Output rms of the last block over the first block's. */
  | 'growth of the signal'
  /** Residual branches that the largest part of the gradient passes. */
  | 'branches of the largest part'
  /** Multiply-adds of a basic block over a bottleneck's on as many channels. */
  | 'saved by a bottleneck'
  /** Multiply-adds of this bottleneck over those of the one that the exhibit opens with. */
  | 'work beside the first stage'
  /** Multiply-adds of ResNet-50 over ResNet-34's. */
  | 'work of 50 layers beside 34';

export type Measure = RunMeasure | ExhibitMeasure;

/** An answer: right where the measured number is at least `from` and below `to`. */
export interface Choice {
  text: string;
  from: number;
  to: number;
}

export interface Question {
  ask: string;
  /** Together they take in every number that there can be, and none of them twice. */
  choices: readonly [Choice, Choice, ...Choice[]];
  /** The experiment that answers it; the scene as it is, where nothing has to be done. */
  run?: Scene;
  /** Where its outcome is seen; where the step points, unless it says otherwise. */
  point?: Part;
  measure: Measure;
  /** What it came to when the lesson was written: for teachers' notes. The page judges by its own run, and a test holds the two together. */
  found: number;
  /** What the number says, whatever it is: `{value}` stands for it. */
  told: string;
  /** Why. */
  because: string;
}

/** Words of the glossary are marked in all texts: see marks.ts. */
export interface Step {
  text: readonly string[];
  scene: Scene;
  /** What to look at. */
  point?: Part;
  question?: Question;
}

export type PaperId = 'resnet' | 'identity' | 'ensembles' | 'delving' | 'meanfield' | 'biased' | 'cam';

export interface Source {
  paper: PaperId;
  section: string;
}

export interface Lesson {
  id: string;
  title: string;
  /** The question that it answers, in one sentence. */
  asks: string;
  minutes: number;
  aim: string;
  misconception: { claim: string; answer: string };
  sources: readonly Source[];
  steps: readonly [Step, ...Step[]];
}
