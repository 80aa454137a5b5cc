/** The lessons, in the order in which they build on each other. */
import { BLOCKS } from './blocks';
import { BOTTLENECK } from './bottleneck';
import { DEGRADATION } from './degradation';
import { GRADIENTS } from './gradients';
import { IDENTITY } from './identity';
import type { Lesson } from './lesson';
import { PATHS } from './paths';
import { PROJECTION } from './projection';
import { RELU } from './relu';

export type { BlockScene, Choice, ExhibitMeasure, ExhibitScene, Lesson, Measure, PairScene, Part, Question, RunMeasure, Scene, Source, Step } from './lesson';
export { PARTS } from './lesson';
export const LESSONS: readonly Lesson[] = [DEGRADATION, GRADIENTS, IDENTITY, PROJECTION, RELU, BOTTLENECK, PATHS, BLOCKS];
/** For want of a net that is too large for this page: none, but for the page that is one file (small.ts). */
export const LEFT_OUT: readonly Lesson[] = [];
