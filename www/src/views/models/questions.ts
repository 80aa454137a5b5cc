/** The words of what is asked about a file, and the answers that are usual. */
import type { Answered, Facts } from '../../foreign';
import { thousands } from '../../render/numbers';

export type Labels = 'imagenet' | 'cifar' | 'numbers' | 'kept' | 'file';

/** What the card says besides, in the words of whoever knows. Empty: not stated. */
export const TEXTS = ['dataset', 'accuracy', 'licence', 'source', 'note'] as const;
export type Text = (typeof TEXTS)[number];
export const TEXT_TITLES: Record<Text, string> = { dataset: 'Data set', accuracy: 'Accuracy', licence: 'Licence', source: 'Source', note: 'Note' };

export interface Draft extends Record<Text, string> {
  title: string;
  labels: Labels;
  /** Of a file: the names in it. */
  own: string[] | null;
  /** Of a model file whose normalisation is none of the presets: empty, as it is. */
  preset: string;
  inputSide: number;
  resizeSide: number;
  strideIn1x1: boolean;
  plain: boolean;
}

/** As `answers.rs` has them: the order in which they are offered. */
export const PRESETS: readonly { name: string; title: string; what: string }[] = [
  { name: 'imagenet', title: 'ImageNet', what: 'less the mean of ImageNet’s pixels, over their deviation: torchvision’s and most of timm’s' },
  { name: 'cifar', title: 'CIFAR', what: 'less the mean of CIFAR-10’s pixels, over their deviation' },
  { name: 'half', title: '−1 to 1', what: 'less 0.5, over 0.5: timm’s later ones, and many of other frameworks' },
  { name: 'none', title: '0 to 1', what: 'as they are' },
  { name: 'bytes', title: '0 to 255', what: 'as bytes' },
  { name: 'caffe', title: 'Caffe', what: 'as bytes in blue, green, red, less ImageNet’s mean: Keras’ and Caffe’s' },
];

/** The sides that a model file may have. */
export const SIDES = { least: 8, most: 512 } as const;

export function stem(name: string): string {
  return name.replace(/\.(safetensors|pth|pt|onnx)$/i, '') || name;
}

/** What a card of a model file says where nobody has said anything. */
const NOT_STATED = 'not stated';

export function usual(name: string, facts: Facts): Draft {
  const { card, classes, small_stem: small, stated } = facts;
  const sides = { own: null, inputSide: card.input_side, resizeSide: card.resize_side };
  if (stated) {
    const text = (key: Text) => (card[key] === NOT_STATED ? '' : card[key]);
    return {
      ...sides,
      title: card.title,
      labels: stated.label_set ?? 'kept',
      preset: stated.preset ?? '',
      strideIn1x1: card.stride_in_1x1 ?? false,
      plain: stated.plain,
      ...(Object.fromEntries(TEXTS.map((key) => [key, text(key)])) as Record<Text, string>),
    };
  }
  return {
    ...sides,
    title: stem(name),
    labels: classes === 1000 ? 'imagenet' : classes === 10 && small ? 'cifar' : 'numbers',
    preset: small ? 'cifar' : 'imagenet',
    strideIn1x1: false,
    plain: false,
    ...(Object.fromEntries(TEXTS.map((key) => [key, ''])) as Record<Text, string>),
  };
}

/** Which names there are for so many classes. */
export function offered({ classes, stated }: Facts): { value: Labels; title: string }[] {
  return [
    ...(stated && !stated.label_set ? [{ value: 'kept' as const, title: 'as they are' }] : []),
    ...(classes === 1000 ? [{ value: 'imagenet' as const, title: 'ImageNet’s' }] : []),
    ...(classes === 10 ? [{ value: 'cifar' as const, title: 'CIFAR-10’s' }] : []),
    { value: 'numbers', title: 'numbers' },
    { value: 'file', title: 'from a file…' },
  ];
}

/** The presets; before them, of a model file that has none of them, what it has. */
export function presetsFor({ card: { mean, std }, stated }: Facts): { name: string; title: string; what: string }[] {
  const decimals = (values: readonly number[]) => [...new Set(values.map((value) => String(Number(value.toPrecision(4)))))].join(', ');
  const own = { name: '', title: 'As it is', what: `less ${decimals(mean)}, over ${decimals(std)}` };
  return stated && stated.preset === undefined ? [own, ...PRESETS] : [...PRESETS];
}

const KNOWN: readonly [RegExp, (match: RegExpMatchArray) => string][] = [
  [/^resnet(\d+)$/, ([, depth]) => `ResNet-${depth}`],
  [/^plain(\d+)$/, ([, depth]) => `Plain-${depth}`],
  [/^wide_resnet(\d+)_(\d+)$/, ([, depth, factor]) => `Wide ResNet-${depth}-${factor}`],
  [/^resnext(\d+)_(\d+)x(\d+)d$/, ([, depth, groups, width]) => `ResNeXt-${depth} (${groups} × ${width}d)`],
  [/^resnet(\d+)d$/, ([, depth]) => `ResNet-${depth}-D`],
  [/^resnetv2_(\d+)$/, ([, depth]) => `ResNet-${depth} v2 (pre-activation)`],
];

/** The field’s name of what was recognised, or its design in words. */
export function recognised({ card: { architecture } }: Facts): string {
  for (const [pattern, title] of KNOWN) {
    const match = architecture.match(pattern);
    if (match) return `${title(match)}.`;
  }
  return `A ResNet of its own design: ${architecture}.`;
}

/** What is wrong with a draft; null: nothing. */
export function wrongWith({ title, labels, own, inputSide, resizeSide }: Draft, { classes }: Facts): string | null {
  const whole = (side: number) => Number.isInteger(side) && side >= SIDES.least && side <= SIDES.most;
  if (!title.trim()) return 'It needs a name.';
  if (labels === 'file' && !own) return 'Choose the file with the classes’ names.';
  if (labels === 'file' && own && own.length !== classes) return `The file names ${thousands(own.length)} classes, and the network has ${thousands(classes)}.`;
  if (!whole(inputSide) || !whole(resizeSide)) return `Sides are whole numbers of pixels from ${SIDES.least} to ${SIDES.most}.`;
  if (resizeSide < inputSide) return 'A square cannot be cut from a picture that was made smaller than it.';
  return null;
}

export function answered(draft: Draft): Answered {
  const { title, labels, own, preset, inputSide, resizeSide, strideIn1x1, plain } = draft;
  return {
    id: '', // whoever keeps it gives it one
    title: title.trim(),
    ...(labels === 'file' ? (own ? { labels: own } : {}) : labels === 'kept' ? {} : { label_set: labels }),
    ...(preset ? { preset } : {}),
    input_side: inputSide,
    resize_side: resizeSide,
    stride_in_1x1: strideIn1x1,
    plain,
    ...(Object.fromEntries(TEXTS.map((key) => [key, draft[key].trim()])) as Record<Text, string>),
  };
}
