/** What a step wants to be looked at: marked wherever it stands (pointed.css), and brought into view once it is there. */
import type { Part } from '../../lessons';

/** Until the returned function is called. */
export function pointAt(part: Part): () => void {
  const root = document.documentElement;
  root.dataset.point = part;
  const found = () => document.querySelector<HTMLElement>(`[data-part="${part}"]`);
  const show = (element: HTMLElement) => {
    if (element instanceof HTMLDetailsElement) element.open = true;
    element.scrollIntoView({ block: 'nearest', behavior: 'instant' });
  };
  // An exhibit comes when it is opened, and its charts when they are measured.
  const watch = new MutationObserver(() => {
    const element = found();
    if (!element) return;
    watch.disconnect();
    show(element);
  });
  const there = found();
  if (there) show(there);
  else watch.observe(document.body, { childList: true, subtree: true });
  return () => {
    watch.disconnect();
    delete root.dataset.point;
  };
}
