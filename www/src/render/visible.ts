/** Tells an element when it comes near the screen and when it leaves: off-screen canvases are not painted. On paper all of them are. */
const callbacks = new Map<Element, (visible: boolean) => void>();
let observer: IntersectionObserver | undefined;

function start(): IntersectionObserver {
  matchMedia('print').addEventListener('change', ({ matches }) => {
    if (matches) for (const callback of callbacks.values()) callback(true);
  });
  return new IntersectionObserver(
    (entries) => {
      for (const entry of entries) callbacks.get(entry.target)?.(entry.isIntersecting);
    },
    { rootMargin: '240px 0px' },
  );
}

export function whenVisible(element: Element, callback: (visible: boolean) => void): () => void {
  observer ??= start();
  callbacks.set(element, callback);
  observer.observe(element);
  return () => {
    callbacks.delete(element);
    observer?.unobserve(element);
  };
}
