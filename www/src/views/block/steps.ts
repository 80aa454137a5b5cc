/** What stands where in the unfolded F(x): convolutions, with ReLU between them. */
import type { BlockDetail, BlockInfo, Step, Tensor } from '../../engine';

export interface Convolution {
  /** torchvision's: conv1. */
  name: string;
  /** `1 × 1`, with its stride where it has one, and what it makes of how many channels. */
  what: string;
  /** Before ReLU; null for the last one, which makes F(x). */
  tensor: Tensor | null;
}

/** The last convolution is no step of its own: a bottleneck's is 1 × 1, a basic block's 3 × 3. */
export function convolutions({ kind, input, output }: Pick<BlockInfo, 'kind' | 'input' | 'output'>, { steps }: Pick<BlockDetail, 'steps'>): Convolution[] {
  const into = [input[0], ...steps.map(({ tensor }) => tensor.channels)];
  const last: Pick<Step, 'name' | 'kernel' | 'stride'> = { name: `conv${steps.length + 1}`, kernel: kind === 'bottleneck' ? 1 : 3, stride: 1 };
  return [...steps, last].map((step, i) => ({
    name: step.name,
    what: `${step.kernel} × ${step.kernel}${step.stride > 1 ? `, stride ${step.stride}` : ''}: ${into[i]} → ${into[i + 1] ?? output[0]} channels`,
    tensor: 'tensor' in step ? (step as Step).tensor : null,
  }));
}
