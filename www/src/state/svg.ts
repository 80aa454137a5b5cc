/**
 * Drawings become pictures of pixels: networks see pixels, and no browser decodes SVG where the engine runs. The drawing is shown as an
 * image, in which browsers run no script and fetch nothing.
 */

/** Of the longer side: more than any network here sees. */
const LONG_SIDE = 1024;

export function isSvg({ type, name }: { type: string; name: string }): boolean {
  return type === 'image/svg+xml' || (type === '' && /\.svg$/i.test(name));
}

/** Its own shape: of width and height, else of the viewBox; a square where it says nothing. */
export function svgSize(markup: string): { width: number; height: number } {
  const tag = /<svg\b[^>]*>/i.exec(markup)?.[0] ?? '';
  const number = (name: string) => Number(new RegExp(`\\s${name}\\s*=\\s*["']\\s*([\\d.]+)(px)?\\s*["']`, 'i').exec(tag)?.[1]);
  const box = /\sviewBox\s*=\s*["']([^"']+)["']/i
    .exec(tag)?.[1]
    ?.trim()
    .split(/[\s,]+/)
    .map(Number);
  const own = [number('width'), number('height')] as const;
  const [w, h] = own.every((side) => side > 0) ? own : box?.length === 4 && box[2]! > 0 && box[3]! > 0 ? ([box[2]!, box[3]!] as const) : ([1, 1] as const);
  const scale = LONG_SIDE / Math.max(w, h);
  return { width: Math.max(1, Math.round(scale * w)), height: Math.max(1, Math.round(scale * h)) };
}

/** The same drawing at a size of its own: without one, browsers disagree on what an image of it is. */
export function sized(markup: string, { width, height }: { width: number; height: number }): string {
  return markup.replace(/<svg\b[^>]*>/i, (tag) => {
    const number = (name: string) => /[\d.]+/.exec(new RegExp(`\\s${name}\\s*=\\s*["'][^"']*["']`, 'i').exec(tag)?.[0] ?? '')?.[0];
    const box = /\sviewBox\s*=/i.test(tag) || !number('width') || !number('height') ? '' : ` viewBox="0 0 ${number('width')} ${number('height')}"`;
    return tag.replace(/\s(width|height)\s*=\s*("[^"]*"|'[^']*')/gi, '').replace(/^<svg\b/i, `<svg width="${width}" height="${height}"${box}`);
  });
}

/** As it is where it is no drawing, or one that the browser cannot draw: that is then said as of any file. */
export async function rasterised(file: Blob, name: string): Promise<Blob> {
  if (!isSvg({ type: file.type, name })) return file;
  const markup = await file.text();
  const size = svgSize(markup);
  const url = URL.createObjectURL(new Blob([sized(markup, size)], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    Object.assign(canvas, size);
    const context = canvas.getContext('2d')!;
    context.fillStyle = '#fff'; // as what is transparent in any picture
    context.fillRect(0, 0, size.width, size.height);
    context.drawImage(image, 0, 0, size.width, size.height);
    return await new Promise((resolve) => canvas.toBlob((png) => resolve(png ?? file), 'image/png'));
  } catch {
    return file;
  } finally {
    URL.revokeObjectURL(url);
  }
}
