/** The page's style sheets, said of a shadow root: what was the document's is the element's. Runs in the build. */
export function hosted(css: string): string {
  return css
    .replace(/:root\[data-theme=['"]?dark['"]?\]/g, ':host(:state(dark))')
    .replace(/:root:root/g, ':host(:not(.x))') // above both themes
    .replace(/:root\b/g, ':host')
    .replace(/(^|[},/\s])body(?=\s*[{,])/g, '$1:host');
}
