/** Colours of CSS as SVG of 1999 has them: other programs know neither rgba() nor color(). */
export interface Paint {
  colour: string;
  opacity: number;
}

export function paintOf(css: string): Paint | null {
  if (css === 'none' || css === 'transparent' || css === '') return { colour: 'none', opacity: 1 };
  const numbers = (css.match(/-?[\d.]+(e-?\d+)?%?/g) ?? []).map((text) => (text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text)));
  const rgb = (scale: number): Paint => {
    const [r, g, b, alpha = 1] = numbers;
    const byte = (value: number) => Math.round(Math.max(0, Math.min(255, scale * value)));
    return alpha === 0 ? { colour: 'none', opacity: 1 } : { colour: `rgb(${byte(r!)},${byte(g!)},${byte(b!)})`, opacity: alpha };
  };
  if (/^rgba?\(/.test(css) && numbers.length >= 3) return rgb(1);
  if (/^color\(srgb /.test(css) && numbers.length >= 3) return rgb(255);
  return null; // url(#…), named colours: as they are
}
