/** Answers that several questions offer. */
import type { Choice } from './lesson';

type Choices = readonly [Choice, Choice, Choice];

/** How much of the probability moves. */
export const MOVED: Choices = [
  { text: 'Less than a tenth', from: 0, to: 0.1 },
  { text: 'Between a tenth and a half', from: 0.1, to: 0.5 },
  { text: 'More than half', from: 0.5, to: Infinity },
];

/** What part of a sum is negative. */
export const NEGATIVE: Choices = [
  { text: 'Less than a quarter', from: 0, to: 0.25 },
  { text: 'Between a quarter and a half', from: 0.25, to: 0.5 },
  { text: 'More than half', from: 0.5, to: Infinity },
];

/** What more layers do to an error. */
export const ERROR: Choices = [
  { text: 'It falls by more than two percentage points', from: -Infinity, to: -0.02 },
  { text: 'It stays the same within two points', from: -0.02, to: 0.02 },
  { text: 'It rises by more than two points', from: 0.02, to: Infinity },
];

/** What becomes of a gradient on its way from the last layer to the first. */
export const TOWARDS_FIRST: Choices = [
  { text: 'It vanishes: more than ten times smaller', from: 0, to: 0.1 },
  { text: 'It keeps its size within a factor of ten', from: 0.1, to: 10 },
  { text: 'It explodes: more than ten times larger', from: 10, to: Infinity },
];
