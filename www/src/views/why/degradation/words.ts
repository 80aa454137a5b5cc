/** What the exhibit says. Numbers come from the logs. */
import { percent } from '../../../render/numbers';
import { PAPERS } from '../../ui/papers';
import { epochs, LOGS, nameOf, type TrainingLog } from '../logs';
import type { Source } from '../source';
import { last, pair } from './measure';
import type { DegradationPlace } from './place';

export const TITLE = 'More layers made the plain net worse, even on the pictures it learns from';
export const CLAIM =
  'If depth only made overfitting worse, a deeper net would do better on its training pictures and worse on new ones. ' +
  'A plain net with 56 layers does worse than one with 20 on both. He et al. called this [degradation], and identity branches undo it.';

export const HALVES = [
  { residual: false, title: 'Plain', sub: 'output = ReLU(F(x))' },
  { residual: true, title: 'Residual', sub: 'output = ReLU(x + F(x))' },
] as const;

const trained = (log: TrainingLog): string => percent(last(log.trainError));

/** “From 20 to 56 layers, ...”, of what is shown. */
export function verdict(nets: DegradationPlace['nets'], logs: TrainingLog[] = LOGS): string {
  const [plain, residual] = [pair(false, logs), pair(true, logs)];
  const went = ([shallow, deep]: typeof plain) => `from ${trained(shallow)} to ${trained(deep)}`;
  const parts = [
    ...(nets === 'residual' ? [] : [`${went(plain)} without identity branches`]),
    ...(nets === 'plain' ? [] : [`${went(residual)} with ${nets === 'both' ? 'them' : 'identity branches'}`]),
  ];
  return (
    `From ${plain[0].depth} to ${plain[1].depth} layers, the training error at the end went ${parts.join(', and ')}.` +
    (nets === 'both' ? ' The convolutions are the same; only x is added.' : '')
  );
}

export function lengths(logs: TrainingLog[] = LOGS): string {
  const of = (count: number) => logs.filter((log) => epochs(log) === count).map(({ depth }) => depth)[0]!;
  const counts = [...new Set(logs.map(epochs))].sort((a, b) => b - a);
  return `Not of equal length: ${counts.map((count) => `${count} epochs with ${of(count)} layers`).join(', ')}. One run of each net.`;
}

export function final(log: TrainingLog, errors: DegradationPlace['errors']): string {
  const parts = [...(errors === 'test' ? [] : [`${trained(log)} training`]), ...(errors === 'training' ? [] : [`${percent(last(log.testError))} test`])];
  return `${nameOf(log)}: ${parts.join(', ')}`;
}

export const NOTES = [
  'These are the nets of this page, trained on a JPEG copy of CIFAR-10 for a dozen epochs, with a learning rate that rises and then falls to zero. He et al. trained ' +
    'for 64,000 iterations, about 164 epochs, so their errors are lower than these. The order is the same as in their Fig. 6: plain-56 above plain-20, ResNet-56 below ResNet-20.',
  'The training error is counted while the net learns, on pictures that are shifted and mirrored at random; the test error after each epoch, on the pictures as they are. ' +
    'This is why the training error can be the higher one.',
  'A deeper plain net could do what the shallower one does: copy its layers and let the others pass on what they get. So a solution at least as good exists, and training did not find it. ' +
    'He et al. do not blame vanishing gradients, since [batch norm] keeps them at a healthy size (section 4.1).',
];

export const SOURCES: Source[] = [
  {
    title: 'He et al. 2015, Deep Residual Learning for Image Recognition',
    where: 'section 1 and Fig. 1; section 4.1; section 4.2 and Fig. 6',
    href: PAPERS.resnet.url,
  },
];
