/** Comparisons that teach something, each in one sentence. What the sentences claim of accuracy stands on the models' cards. */
import type { Against } from './against';

export interface Preset {
  title: string;
  model: string;
  /** Null: whatever picture is there. */
  sample: string | null;
  against: Against;
  says: string;
}

export const PRESETS: Preset[] = [
  {
    title: 'ResNet-56 and Plain-56',
    model: 'resnet56',
    sample: null,
    against: { kind: 'model', id: 'plain56' },
    says: 'The same convolutions with and without identity branches: at this depth the plain net ended its training far less accurate.',
  },
  {
    title: 'ResNet-20 and Plain-20',
    model: 'resnet20',
    sample: null,
    against: { kind: 'model', id: 'plain20' },
    says: 'The same pair with 20 layers: here the plain net comes close, so it is depth that makes the identity branch matter.',
  },
  {
    title: 'ResNet-20 and ResNet-56',
    model: 'resnet20',
    sample: null,
    against: { kind: 'model', id: 'resnet56' },
    says: 'Three times as many blocks in every stage: each F(x) is then smaller relative to its x, as He et al. found (2015, Fig. 7).',
  },
  {
    title: 'Cat and coffee in ResNet-50',
    model: 'resnet50',
    sample: 'cat',
    against: { kind: 'sample', id: 'coffee' },
    says: 'One net, two pictures: what the charts share belongs to the net, what they do not to the picture.',
  },
];
