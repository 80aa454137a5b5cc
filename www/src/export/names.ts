/** What files are called, and what stands under figures. */
import type { Crop, Lesion } from '../engine';
import { describe } from '../render/lesion';
import { plain } from '../render/numbers';

/** resnet50_chelsea-the-cat_layer2.1_residual.npy: model, picture, block, branch, as far as they matter. */
export function fileName(parts: (string | null)[], extension: string): string {
  return `${parts
    .filter((part): part is string => part !== null)
    .map(slug)
    .filter(Boolean)
    .join('_')}.${extension}`;
}

function slug(text: string): string {
  return text
    .replace(/\.(jpe?g|png|webp|gif|avif|bmp|heic)$/i, '')
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^A-Za-z0-9.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 48)
    .toLowerCase();
}

export function lesionWords(lesion: Lesion): string {
  const cuts = Object.entries(lesion).map(([block, scales]) => `${block}: ${describe(scales)}`);
  return cuts.length ? cuts.join('; ') : 'intact net';
}

export function cropWords(crop: Crop): string {
  return `square of ${plain(crop.side, 0)} px from (${plain(crop.left, 0)}, ${plain(crop.top, 0)})`;
}

/** Long lists go over several lines of a figure. */
export function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= most) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
