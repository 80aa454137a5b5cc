/** The open block's four grids, drawn for a figure from its activations. */
import { type BlockDetail, type BlockInfo, type BlockStatistics, type Branch, BRANCHES, type Tensor } from '../engine';
import { drawAtlas, atlasSize, type AtlasLayout } from '../render/atlas';
import { branchTitle, equationText, signOf } from '../render/branches';
import { channelMap, channelsOf, ordered, ownLimit, type Scale, type Sort } from '../render/channels';
import type { Palette } from '../render/colormap';
import { plain, signed } from '../render/numbers';
import { blockFigure, type FigureColours } from './figure';
import { wrapped } from './names';

/** Channels of a figure: as many as can be told apart on a page. */
export const FIGURE_CHANNELS = 24;
const COLUMNS = 6;
/** Pixels of a cell: at least so many, and a whole multiple of the map, so that no place is smeared. */
const CELL = 84;

export interface BlockPicture {
  info: BlockInfo;
  statistics: BlockStatistics;
  detail: BlockDetail;
  sort: Sort;
  scale: Scale;
  palette: Palette;
  colours: FigureColours & { branch: Record<Branch, string> };
  /** Model, picture, software. */
  caption: string[];
  title: string;
  dataUrl(pixels: Uint8ClampedArray<ArrayBuffer>, width: number, height: number): string;
}

/** After “those”. */
const SORTED: Record<Sort, string> = {
  changed: 'that the block changes most',
  energy: 'with the largest rms of F(x)',
  change: 'with the largest |F| / |x|',
  index: 'from the first on',
  class: 'that add most to the top class',
};

export function blockPicture({ info, statistics, detail, sort, scale, palette, colours, caption, title, dataUrl }: BlockPicture): string {
  const channels = channelsOf(detail);
  const weights = detail.classWeights?.[0]?.weights ?? null;
  const chosen = ordered(channels, sort, weights).slice(0, FIGURE_CHANNELS);
  const columns = Math.min(COLUMNS, chosen.length);
  const layout: AtlasLayout = {
    columns,
    rows: Math.ceil(chosen.length / columns),
    cell: channels.width * Math.max(1, Math.ceil(CELL / channels.width)),
    gap: 4,
  };
  const [width, height] = atlasSize(layout);
  const picture = (branch: Branch, tensor: Tensor) => {
    const maps = chosen.map((channel) => ({ values: channelMap(tensor, channel), limit: scale === 'own' ? ownLimit(channels, channel) : channels.limit }));
    const sign = signOf(branch, info);
    return dataUrl(drawAtlas(maps, channels.width, channels.height, layout, sign, palette[sign === 'signed' ? 'diverging' : 'sequential']), width, height);
  };
  const limit = scale === 'own' ? 'own limit' : plain(channels.limit);
  // Without weights of a class, 'class' falls back to rms.
  const order = SORTED[sort === 'class' && !weights ? 'energy' : sort];
  return blockFigure({
    title,
    aspect: width / height,
    panels: BRANCHES.map((branch) => {
      const tensor = channels.tensors[branch];
      const operator =
        branch === 'residual' && channels.tensors.identity
          ? '+'
          : branch === 'sum' || (branch === 'output' && !info.relu)
            ? '='
            : branch === 'output'
              ? '→'
              : '';
      return {
        title: tensor ? branchTitle(branch, info.shortcut) : '',
        sub: statistics[branch] ? `rms ${plain(statistics[branch].rms)}` : '',
        colour: colours.branch[branch],
        picture: tensor && picture(branch, tensor),
        operator,
      };
    }),
    scales: [
      {
        table: palette.diverging,
        low: scale === 'own' ? '−own limit' : signed(-channels.limit),
        high: scale === 'own' ? '+own limit' : signed(channels.limit),
      },
      ...(info.relu ? [{ table: palette.sequential, low: '0', high: limit }] : []),
    ],
    caption: [
      `${equationText(info, detail.scales)}. ` +
        `${chosen.length} of ${channels.count} channels, those ${order}, the same in all four grids; ${scale === 'own' ? 'each channel on its own scale' : 'one scale for all, the largest 0.5% of values cut off'}.`,
      ...wrapped(`Channels, row by row: ${chosen.join(', ')}.`, 170),
      ...caption,
    ],
    colours,
  });
}
