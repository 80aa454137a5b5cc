/** What the reader of other formats says of a file, and what it is told (generated from Rust). */
export type { Answered, Design, Facts, Stated } from './pkg/foreign';

/** How the weights of a model file are stored. */
export type Precision = 'f32' | 'f16' | 'q8_0';
