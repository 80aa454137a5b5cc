/** The style sheet of all elements: that of the page's views, made for a shadow root. A constructed one needs no leave of a content policy. */

/** The build puts the text of the style sheets here (www/package/element.config.mjs). */
declare const __ELEMENT_CSS__: string;

let sheet: CSSStyleSheet | undefined;

export function styles(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(__ELEMENT_CSS__);
  }
  return sheet;
}
