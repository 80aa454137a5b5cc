/** The open block as a figure: x + F(x) = sum → output, as SVG around pictures of the maps. Layout and text only, no DOM. */
import { NO_IDENTITY } from '../render/branches';
import { ENTRIES, type Table } from '../render/colormap';

export interface FigurePanel {
  title: string;
  sub: string;
  colour: string;
  /** A data: address; null where there is no such branch. */
  picture: string | null;
  /** What stands before it: +, =, →. */
  operator: string;
}

export interface FigureScale {
  table: Table;
  low: string;
  high: string;
}

export interface FigureColours {
  paper: string;
  ink: string;
  mute: string;
  line: string;
}

export interface BlockFigure {
  title: string;
  panels: FigurePanel[];
  /** Width over height of a panel's picture. */
  aspect: number;
  scales: FigureScale[];
  caption: string[];
  colours: FigureColours;
}

export const FONT = "Inter, 'Helvetica Neue', Helvetica, Arial, sans-serif";
const PANEL = 264;
const GAP = 36;
const MARGIN = 20;
const HEAD = 78;
const LINE = 16;

export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

export function text(x: number, y: number, content: string, fill: string, size = 12, more = ''): string {
  return `<text x="${round(x)}" y="${round(y)}" fill="${fill}" font-size="${size}" ${more}>${escape(content)}</text>`;
}

export function round(value: number): number {
  return Math.round(100 * value) / 100;
}

/** An SVG document on its paper. */
export function document(width: number, height: number, paper: string, content: string): string {
  const size = `width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${size} font-family="${escape(FONT)}"><rect width="100%" height="100%" fill="${paper}"/>${content}</svg>`;
}

/** Lines under a figure. */
export function captionLines(lines: string[], x: number, y: number, fill: string): string {
  return lines.map((line, index) => text(x, y + index * LINE, line, fill, 11)).join('');
}

export function captionHeight(lines: string[]): number {
  return lines.length * LINE + 10;
}

export function blockFigure({ title, panels, aspect, scales, caption, colours }: BlockFigure): string {
  const height = PANEL / aspect;
  const width = 2 * MARGIN + panels.length * PANEL + (panels.length - 1) * GAP;
  const parts = [text(MARGIN, 30, title, colours.ink, 16, 'font-weight="600"')];
  panels.forEach((panel, index) => {
    const x = MARGIN + index * (PANEL + GAP);
    parts.push(text(x, 56, panel.title, panel.colour, 13, 'font-weight="600"'), text(x, 71, panel.sub, colours.mute, 11));
    if (panel.operator) {
      const middle = HEAD + height / 2 + 6;
      parts.push(text(x - GAP / 2, middle, panel.operator, colours.mute, 20, 'text-anchor="middle"'));
      if (panel.operator === '→') parts.push(text(x - GAP / 2, middle + 13, 'ReLU', colours.mute, 9.5, 'text-anchor="middle"'));
    }
    if (panel.picture) {
      parts.push(
        `<image x="${x}" y="${HEAD}" width="${PANEL}" height="${round(height)}" style="image-rendering:pixelated" href="${panel.picture}" xlink:href="${panel.picture}"/>`,
      );
    } else {
      parts.push(
        `<rect x="${x + 0.5}" y="${HEAD + 0.5}" width="${PANEL - 1}" height="${round(height - 1)}" fill="none" stroke="${colours.line}" stroke-dasharray="4 4"/>`,
      );
      parts.push(text(x + PANEL / 2, HEAD + height / 2, NO_IDENTITY, colours.mute, 12, 'text-anchor="middle"'));
    }
  });
  let y = HEAD + height + 24;
  let x = MARGIN;
  scales.forEach(({ table, low, high }, index) => {
    parts.push(gradient(`scale${index}`, table), text(x, y, low, colours.mute));
    const start = x + 8 + 7 * low.length;
    parts.push(
      `<rect x="${start}" y="${y - 9}" width="110" height="10" fill="url(#scale${index})" stroke="${colours.line}"/>`,
      text(start + 118, y, high, colours.mute),
    );
    x = start + 118 + 7 * high.length + 32;
  });
  y += 24;
  parts.push(captionLines(caption, MARGIN, y, colours.mute));
  return document(width, y + captionHeight(caption), colours.paper, parts.join(''));
}

function gradient(id: string, table: Table): string {
  const stops = [];
  for (let entry = 0; entry < ENTRIES; entry += 254 / 16) {
    const at = 4 * Math.round(entry);
    stops.push(`<stop offset="${round(entry / (ENTRIES - 1))}" stop-color="rgb(${table[at]},${table[at + 1]},${table[at + 2]})"/>`);
  }
  return `<linearGradient id="${id}">${stops.join('')}</linearGradient>`;
}
