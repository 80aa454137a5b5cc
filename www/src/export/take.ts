/** Drawings of the page as one SVG that stands alone: computed styles written into it, a caption under it. */
import { paintOf } from './colours';
import { captionHeight, captionLines, document as svgDocument, FONT, round, text, type FigureColours } from './figure';

export type Paper = 'white' | 'page';

const COPIED = [
  'fill',
  'stroke',
  'fill-opacity',
  'stroke-opacity',
  'opacity',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'font-family',
  'font-size',
  'font-weight',
  'font-style',
  'text-anchor',
  'dominant-baseline',
  'letter-spacing',
  'paint-order',
  'shape-rendering',
  'visibility',
];
const MARGIN = 16;

/** The page's custom properties in the light theme: those that stand in `:root` outside any media query. */
function lightProperties(): [string, string][] {
  const found: [string, string][] = [];
  for (const sheet of document.styleSheets) {
    for (const rule of sheet.cssRules) {
      if (!(rule instanceof CSSStyleRule) || rule.selectorText !== ':root') continue;
      for (const name of rule.style) if (name.startsWith('--')) found.push([name, rule.style.getPropertyValue(name)]);
    }
  }
  return found;
}

/** Whether light or dark, the colours of text and paper of a figure. */
export function figureColours(paper: Paper): FigureColours & { branch: Record<'identity' | 'residual' | 'sum' | 'output', string> } {
  const probe = holder(document.body, paper);
  const style = getComputedStyle(probe);
  const value = (name: string) => style.getPropertyValue(name).trim();
  const colours = {
    paper: value('--bg'),
    ink: value('--ink'),
    mute: value('--mute'),
    line: value('--line'),
    branch: { identity: value('--id'), residual: value('--res'), sum: value('--sum'), output: value('--out') },
  };
  probe.remove();
  return colours;
}

function holder(parent: Element, paper: Paper): HTMLElement {
  const element = document.createElement('div');
  element.style.cssText = 'position:absolute;left:0;top:0;width:0;height:0;overflow:hidden;pointer-events:none';
  element.setAttribute('aria-hidden', 'true');
  if (paper === 'white') {
    for (const [name, value] of lightProperties()) element.style.setProperty(name, value);
    element.style.setProperty('--bg', '#ffffff');
    element.style.colorScheme = 'light';
  }
  parent.append(element);
  return element;
}

/** The drawings inside `root` (or itself), where they stand in relation to one another. Null: it draws nothing now. */
export function takeSvg(root: Element, title: string, caption: string[], paper: Paper): string | null {
  const own = root instanceof SVGSVGElement;
  const drawings = (own ? [root] : [...root.querySelectorAll('svg')]).filter((svg) => !svg.closest('button') && svg.getBoundingClientRect().width > 0);
  if (drawings.length === 0) return null;
  const boxes = drawings.map((svg) => svg.getBoundingClientRect());
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top));
  const width = Math.max(...boxes.map((box) => box.right)) - left;
  const height = Math.max(...boxes.map((box) => box.bottom)) - top;
  const colours = figureColours(paper);
  // Beside the original, so that every rule of style that reaches it reaches the copy.
  const place = holder(own ? root.parentElement! : root, paper);
  try {
    const content = drawings.map((svg, index) => {
      const copy = svg.cloneNode(true) as SVGSVGElement;
      place.append(copy);
      inline(copy);
      const box = boxes[index]!;
      for (const [name, value] of Object.entries({ x: box.left - left + MARGIN, y: box.top - top + 44, width: box.width, height: box.height }))
        copy.setAttribute(name, String(round(value)));
      copy.setAttribute('overflow', 'visible');
      return new XMLSerializer().serializeToString(copy);
    });
    const below = 44 + height + 26;
    const head = text(MARGIN, 26, title, colours.ink, 16, 'font-weight="600"');
    return svgDocument(
      width + 2 * MARGIN,
      below + captionHeight(caption),
      colours.paper,
      head + content.join('') + captionLines(caption, MARGIN, below, colours.mute),
    );
  } finally {
    place.remove();
  }
}

function inline(root: SVGSVGElement): void {
  const all = [root, ...root.querySelectorAll('*')];
  const styles = all.map((element) => {
    const style = getComputedStyle(element);
    return {
      hidden: style.display === 'none' || element instanceof SVGForeignObjectElement,
      values: COPIED.map((name) => [name, style.getPropertyValue(name)] as const),
      transform: style.transform,
    };
  });
  all.forEach((element, index) => {
    const { hidden, values, transform } = styles[index]!;
    if (hidden && element !== root) return element.remove();
    for (const { name } of [...element.attributes]) {
      if (/^(class|style|role|tabindex|data-|aria-)/.test(name) || name.startsWith('on')) element.removeAttribute(name);
    }
    for (const [name, value] of values) {
      const paint = name === 'fill' || name === 'stroke' ? paintOf(value) : null;
      element.setAttribute(name, paint ? paint.colour : name === 'font-family' ? FONT : value);
      if (paint && paint.opacity < 1) element.setAttribute(`${name}-opacity`, String(paint.opacity));
    }
    if (transform !== 'none' && !element.hasAttribute('transform') && element !== root) element.setAttribute('transform', transform);
  });
}
