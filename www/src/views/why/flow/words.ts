/** What the exhibit says. Numbers are the run's own; causes hold for the settings that they stand under. */
import { superscript } from '../../../render/numbers';
import { PAPERS } from '../../ui/papers';
import type { Source } from '../source';
import type { Findings } from './measure';
import type { FlowPlace } from './place';

export const TITLE = 'What reaches the first layers of an untrained net';
export const CLAIM =
  '“Skip connections cure vanishing gradients” is the usual explanation, and only half of it is true. A fresh net is made here, sees one batch of 32 pictures, ' +
  'and the [gradient] of every convolution’s weights is measured.';

/** Two significant digits, or a power of ten. */
export function size(value: number): string {
  if (!Number.isFinite(value)) return 'too large to be measured';
  if (value === 0) return '0';
  const power = Math.floor(Math.log10(Math.abs(value)));
  if (power >= -3 && power < 5) return Number(value.toPrecision(2)).toLocaleString('en', { maximumFractionDigits: 6 });
  const mantissa = (value / 10 ** power).toFixed(1);
  return `${mantissa === '1.0' ? '' : `${mantissa} × `}10${superscript(power)}`;
}

/** “76 times as large as”, “a 13th of”. */
function against(ratio: number): string {
  if (ratio >= 1.5) return `${size(ratio)} times as large as`;
  return ratio <= 1 / 1.5 ? `${size(1 / ratio)} times smaller than` : 'about as large as';
}

export function found({ towardsFirst, growth, largest }: Findings): string {
  const signal = growth >= 1.5 ? `grows ${size(growth)} times` : growth <= 1 / 1.5 ? `shrinks ${size(1 / growth)} times` : 'stays about as large as it was';
  return `The gradient of the first block’s weights is ${against(towardsFirst)} that of the last layer’s; the largest of all is ${size(largest)}. From the first block’s output to the last one’s the signal ${signal}.`;
}

/** Why, in the words of those who found it. */
export function cause({ skip, norm, start }: Pick<FlowPlace, 'skip' | 'norm' | 'start'>): string {
  if (skip === 'off' && norm === 'on')
    return '[Batch norm|batch norm] keeps the signal’s size on its way forward, and makes the gradient grow on its way back: without identity branches it is batch norm itself that makes gradients explode towards the first layers (Yang et al. 2019).';
  if (skip === 'off' && start === 'he')
    return 'No vanishing here: [He’s initialisation|He initialisation] was made so that signal and gradient keep their size through layers of convolution and ReLU (He et al. 2015, Delving Deep). What is lost here is lost mostly at the borders of these small maps, where a convolution reads zeros. A plain net of this depth does not fail for want of gradient.';
  if (skip === 'off')
    return 'With weights of half [He’s size|He initialisation] every convolution halves the signal going forward and the gradient going back. What a layer’s weights get is the product of both, so it vanishes in all layers, not just in the first ones.';
  if (norm === 'on')
    return '[Batch norm|batch norm] holds F(x) to a fixed size, while x gathers what the blocks before have added. So the deeper a block, the nearer it is to the identity, and the gradient passes (De and Smith 2020).';
  if (start === 'he')
    return 'Nothing holds F(x) down: it is about as large as x, and each sum is larger than either. Skips keep the gradient from vanishing, but without batch norm the signal grows with every block (De and Smith 2020).';
  return 'With weights of half He’s size, F(x) is small beside x. The identity branch carries the signal, so it neither vanishes nor grows as fast as with He’s.';
}

/** Settings under which it happens. */
export const PRESETS: { title: string; values: Pick<FlowPlace, 'skip' | 'norm' | 'start'> }[] = [
  { title: 'Make it vanish', values: { skip: 'off', norm: 'off', start: 'small' } },
  { title: 'Make it explode', values: { skip: 'off', norm: 'on', start: 'he' } },
  { title: 'The residual net', values: { skip: 'on', norm: 'on', start: 'he' } },
];

export const NOTES = [
  'The nets are those of He et al., section 4.2, with 8 channels in their first stage instead of 16 and pictures of 16 × 16 pixels that the page makes. Norm: the square root of the sum of squares over a convolution’s weights. ' +
    'Signal: the [root mean square|rms] of a block’s maps. Steps in the curves are where a stage begins.',
  'He’s start draws weights with variance 2 / inputs of a filter; the small one draws them half as large. With batch norm this makes no difference to the signal, which is brought to the same size either way; a gradient of halved weights is then twice as large.',
];
export const RECORDED =
  'For comparison: the nets of the Degradation exhibit, with batch norm, averaged over their first epoch of training. Those are means over many steps and other nets on other pictures: compare the curves’ shapes, not their heights.';

export const SOURCES: Source[] = [
  { title: `${PAPERS.delving.name}, ${PAPERS.delving.title}`, where: 'section 2.2', href: PAPERS.delving.url },
  { title: 'He et al. 2015, Deep Residual Learning', where: 'section 4.1: no vanishing with batch norm', href: PAPERS.resnet.url },
  { title: `${PAPERS.meanfield.name}, ${PAPERS.meanfield.title}`, where: 'abstract', href: PAPERS.meanfield.url },
  { title: `${PAPERS.biased.name}, ${PAPERS.biased.title}`, where: 'abstract', href: PAPERS.biased.url },
];
