/** What is known of a model, in words: for the page, and as Markdown for whoever takes the model along. No DOM. */
import type { BlockInfo, ModelEntry, ModelInfo } from '../engine';
import { isPlain } from '../render/branches';
import { bytes, compact, thousands } from '../render/numbers';

/** What a list of models says of one: of a file of the visitor's own, perhaps less. */
export type CardEntry = Pick<ModelEntry, 'file' | 'bytes'> & { sha256?: string };

export interface CardFact {
  title: string;
  text: string;
  /** To be read letter by letter. */
  code?: true;
}

export interface CardSection {
  title: string;
  facts: CardFact[];
}

/** Strings that are empty have nothing to say. */
export interface StageRow {
  stage: string;
  blocks: string;
  kind: string;
  shortcuts: string;
  output: string;
  parameters: number;
  macs: number;
}

export const NOT_STATED = 'not stated';

/** Nothing is taken as the usual: what nobody has stated is said to be so. */
export function stated(text: string | undefined): string {
  return text?.trim() || NOT_STATED;
}

const counted = (count: number, one: string, many = `${one}s`) => `${thousands(count)} ${count === 1 ? one : many}`;
const sides = ([channels, height, width]: BlockInfo['output']) => `${channels} × ${height} × ${width}`;
/** What was written as a decimal number, out of single precision. */
const decimal = (value: number) => String(Number(value.toPrecision(6)));

const narrow = (width: string | undefined) => (width ? `, ${width} channels in its first stage` : '');
/** What the designs after the paper's are made of. The rest of a design, where it has no name, says it itself. */
const FAMILIES: [RegExp, (found: RegExpExecArray) => string][] = [
  [/^resnet(18|34|50|101|152)$/, ([, depth]) => `ResNet-${depth} of Table 1 (He et al. 2015)`],
  [/^plain(18|34|50|101|152)$/, ([, depth]) => `the plain twin of ResNet-${depth}: the same convolutions, no identity branch (He et al. 2015)`],
  [/^resnet(\d+)(?:-w(\d+))?$/, ([, depth, width]) => `ResNet-${depth} for CIFAR-10${narrow(width)} (He et al. 2015, section 4.2)`],
  [
    /^plain(\d+)(?:-w(\d+))?$/,
    ([, depth, width]) => `the plain twin of ResNet-${depth} for CIFAR-10${narrow(width)}: no identity branch (He et al. 2015, section 4.2)`,
  ],
  [/^wide_resnet(\d+)_(\d+)$/, ([, depth, by]) => `ResNet-${depth} with ${by} times the channels in its 3 × 3 convolutions (Zagoruyko and Komodakis 2016)`],
  [
    /^resnext(\d+)_(\d+)x(\d+)d$/,
    ([, depth, groups, of]) => `${depth} layers, the 3 × 3 convolutions in ${groups} groups of ${of} channels (ResNeXt, Xie et al. 2017)`,
  ],
  [
    /^resnet(\d+)d$/,
    ([, depth]) => `ResNet-${depth} with three 3 × 3 convolutions as its stem and average pooling before projections (ResNet-D, He, T. et al. 2019)`,
  ],
  [/^resnetv2_(\d+)$/, ([, depth]) => `${depth} layers, batch norm and ReLU before each convolution and none after the sum (pre-activation, He et al. 2016)`],
];

/** A design in words. */
export function designWords(architecture: string): string {
  for (const [pattern, words] of FAMILIES) {
    const found = pattern.exec(architecture);
    if (found) return words(found);
  }
  return architecture;
}

/** Channels of the picture: a design's words say where it is one. */
export function inputChannels(architecture: string): number {
  return Number(/, (\d+) input$/.exec(architecture)?.[1] ?? 3);
}

const SHORTCUTS: Record<BlockInfo['shortcut'], [one: string, many: string]> = {
  identity: ['identity', 'identities'],
  projection: ['projection', 'projections'],
  'option A': ['option A', 'option A'],
  none: ['none', 'none'],
};

function shortcutWords(blocks: readonly BlockInfo[]): string {
  if (isPlain(blocks)) return 'none: a plain net';
  const kinds = (Object.keys(SHORTCUTS) as BlockInfo['shortcut'][]).map((kind) => ({ kind, count: blocks.filter(({ shortcut }) => shortcut === kind).length }));
  return kinds
    .filter(({ count }) => count)
    .map(({ kind, count }) => `${count} ${SHORTCUTS[kind][count === 1 ? 0 : 1]}`)
    .join(', ');
}

/** Every stage, and what lies outside of the blocks: together they are the net. */
export function stagesOf({ blocks, parameters, macs }: Pick<ModelInfo, 'blocks' | 'parameters' | 'macs'>): StageRow[] {
  const stages = [...new Set(blocks.map(({ stage }) => stage))].map((stage) => {
    const own = blocks.filter((block) => block.stage === stage);
    const sum = (of: (block: BlockInfo) => number) => own.reduce((total, block) => total + of(block), 0);
    return {
      stage: String(stage),
      blocks: String(own.length),
      kind: own[0]!.kind,
      shortcuts: shortcutWords(own).replace(': a plain net', ''),
      output: sides(own.at(-1)!.output),
      parameters: sum(({ parameters }) => parameters),
      macs: sum(({ macs }) => macs),
    };
  });
  const rest = (whole: number, of: (row: StageRow) => number) => stages.reduce((left, row) => left - of(row), whole);
  const outside = { parameters: rest(parameters, (row) => row.parameters), macs: rest(macs, (row) => row.macs) };
  return [...stages, { stage: 'stem, classifier', blocks: '', kind: '', shortcuts: '', output: '', ...outside }];
}

const FEW_CLASSES = 10;
function classWords(labels: readonly string[]): string {
  const shown = labels.slice(0, FEW_CLASSES).map((label) => label.trim() || 'no name');
  return `${thousands(labels.length)}: ${shown.join(', ')}${labels.length > FEW_CLASSES ? ', …' : ''}`;
}

function architecture({ card, blocks }: ModelInfo): CardFact[] {
  const stages = [...new Set(blocks.map(({ stage }) => stage))].map((stage) => blocks.filter((block) => block.stage === stage).length);
  const kinds = [...new Set(blocks.map(({ kind }) => kind))].join(' and ');
  const facts: CardFact[] = [{ title: 'Name', text: card.architecture, code: true }];
  const words = designWords(card.architecture);
  if (words !== card.architecture) facts.push({ title: 'Design', text: words });
  facts.push(
    {
      title: 'Blocks',
      text: `${counted(blocks.length, `${kinds} block`)} in ${counted(stages.length, 'stage')}: ${stages.join(', ')}`,
    },
    { title: 'Shortcuts', text: shortcutWords(blocks) },
    {
      title: 'After the sum',
      text: blocks.every(({ relu }) => relu) ? 'ReLU' : 'nothing: a block puts out the sum itself (pre-activation)',
    },
  );
  if (blocks.some(({ kind }) => kind === 'bottleneck')) {
    facts.push({
      title: 'Strides',
      text: card.stride_in_1x1
        ? 'in the first 1 × 1 convolution of a bottleneck (v1, as in the paper)'
        : 'in the 3 × 3 convolution of a bottleneck (v1.5, as in torchvision)',
    });
  }
  return facts;
}

function input({ card }: ModelInfo): CardFact[] {
  const grey = inputChannels(card.architecture) === 1;
  const seen = (values: readonly number[]) => (grey ? values.slice(0, 1) : values);
  const side = card.input_side;
  const cut = card.resize_side === side ? `the square of ${side} in its middle is seen` : `a square of ${side} is cut from its middle`;
  return [
    {
      title: 'Picture',
      text: `${side} × ${side} pixels, ${grey ? 'one channel: grey, of red, green and blue by ITU-R 601' : 'three channels, in the order red, green, blue'}`,
    },
    { title: 'Resize and crop', text: `short side to ${card.resize_side} (bilinear, antialiased), then ${cut}` },
    { title: 'Mean', text: `${numbers(seen(card.mean))} (of values from 0 to 1)` },
    { title: 'Standard deviation', text: numbers(seen(card.std)) },
  ];
}

/** One number where all channels have the same. */
function numbers(values: readonly number[]): string {
  const written = values.map(decimal);
  return new Set(written).size === 1 ? written[0]! : written.join(', ');
}

/** All that is known of a model, in the order in which one asks. */
export function cardSections(entry: CardEntry | null, info: ModelInfo): CardSection[] {
  const { card, parameters, macs } = info;
  const origin: CardFact[] = [
    { title: 'Data set', text: stated(card.dataset) },
    { title: 'Classes', text: classWords(card.labels) },
    { title: 'Accuracy', text: stated(card.accuracy) },
    { title: 'Licence', text: stated(card.licence) },
    { title: 'Source', text: stated(card.source) },
  ];
  if (card.note.trim()) origin.push({ title: 'Note', text: card.note.trim() });
  const file: CardFact[] = [
    { title: 'Parameters', text: `${compact(parameters)} (${thousands(parameters)} weights and biases, batch norm folded in)` },
    { title: 'Multiply-adds', text: `${compact(macs)} per picture (${thousands(macs)})` },
  ];
  if (entry)
    // Another format's file is not kept: the model file that was made of it is.
    file.push(
      { title: /\.gguf$/i.test(entry.file) ? 'File' : 'Made from', text: entry.file, code: true },
      { title: /\.gguf$/i.test(entry.file) ? 'File size' : 'As a model file', text: `${bytes(entry.bytes)} (${thousands(entry.bytes)} bytes)` },
    );
  file.push(entry?.sha256 ? { title: 'SHA-256', text: entry.sha256, code: true } : { title: 'SHA-256', text: 'not known' });
  return [
    { title: 'Trained on', facts: origin },
    { title: 'Architecture', facts: architecture(info) },
    { title: 'What it sees', facts: input(info) },
    { title: 'What it takes', facts: file },
  ];
}

/** Text of a file's that may be anything, so that Markdown shows it as it is. An address stays one. */
export function escaped(text: string): string {
  return text
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => (/^https?:\/\/[^\s<>()[\]`|\\]+$/.test(word) ? `<${word}>` : word.replace(/[\\`*_{}[\]<>#|~!&$@]/g, (sign) => `\\${sign}`)))
    .join(' ');
}

/** Fenced by more backticks than it has in a row. In a table a bar would end the cell. */
export function code(text: string): string {
  const plain = text.replace(/\s+/g, ' ').trim();
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const room = /^`|`$/.test(plain) ? ' ' : '';
  return `${fence}${room}${plain}${room}${fence}`;
}

/** `software`: what wrote it. `map`: the file of the drawn map, which is saved beside it. */
export function cardMarkdown(entry: CardEntry | null, info: ModelInfo, software: string, map: string): string {
  const line = ({ title, text, code: exact }: CardFact) => `- **${title}**: ${exact ? code(text) : escaped(text)}`;
  const sections = cardSections(entry, info).map(({ title, facts }) => {
    const table = title === 'Architecture' ? `\n\n${stageTable(info)}\n\nDrawn: [skip map](${map}), a file of its own.` : '';
    return `## ${title}\n\n${facts.map(line).join('\n')}${table}`;
  });
  return `# ${escaped(info.card.title)}\n\n${sections.join('\n\n')}\n\nMade with ${software} from what the model file says of itself; blocks, parameters and multiply-adds are counted.\n`;
}

function stageTable(info: ModelInfo): string {
  const head = ['stage', 'blocks', 'kind', 'shortcuts', 'output', 'parameters', 'multiply-adds'];
  const rows = stagesOf(info).map((row) => [row.stage, row.blocks, row.kind, row.shortcuts, row.output, thousands(row.parameters), thousands(row.macs)]);
  return [head, head.map((_, column) => (column === 0 || column === 2 || column === 3 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
