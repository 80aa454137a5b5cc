/** How the CIFAR nets of this page were trained. The file is written by pkg-scripts/training-logs.mjs. */
import logs from './logs.json';

export interface TrainingLog {
  /** As the registry calls the net. */
  id: string;
  depth: number;
  residual: boolean;
  dataset: string;
  /** Of every epoch, 0 to 1: running, over augmented batches. */
  trainError: number[];
  /** Of every epoch, 0 to 1: after it, on the test pictures. */
  testError: number[];
  /** The gradient norm of every convolution's weights, averaged over the first epoch ... */
  firstNorms: number[];
  /** ... and over the last one. */
  lastNorms: number[];
}

export const LOGS: TrainingLog[] = logs;

export function log(id: string): TrainingLog {
  const found = LOGS.find((one) => one.id === id);
  if (!found) throw new Error(`There is no training log of ${id}.`);
  return found;
}

export const epochs = ({ trainError }: TrainingLog): number => trainError.length;

/** As people write it: “plain-56”, “ResNet-56”. */
export const nameOf = ({ depth, residual }: TrainingLog): string => `${residual ? 'ResNet' : 'plain'}-${depth}`;
