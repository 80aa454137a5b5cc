/** Many items, one Tab stop: Tab reaches one of them, keys move the focus to the others. */
import type { Attachment } from 'svelte/attachments';

export interface Roving {
  /** A selector of the items. */
  items: string;
  /** What the items are made of: where it changes, they are other ones. */
  of: unknown;
  /** The item that Tab reaches. */
  reached: number;
  /** Which item a key leads to from another one; null where the key means something else. */
  walk: (event: KeyboardEvent, index: number) => number | null | Promise<number | null>;
}

export function roving(options: () => Roving): Attachment<Element> {
  return (group) => {
    const items = () => [...group.querySelectorAll<HTMLElement | SVGElement>(options().items)];

    $effect(() => {
      const { reached } = options();
      items().forEach((item, index) => (item.tabIndex = index === reached ? 0 : -1));
    });

    async function press(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const { walk } = options();
      const index = items().findIndex((item) => item === event.target);
      const target = index < 0 ? null : walk(event, index);
      if (target === null) return;
      event.preventDefault();
      const to = await target;
      if (to !== null) items()[to]?.focus();
    }
    const listen = (event: Event) => void press(event as KeyboardEvent);
    group.addEventListener('keydown', listen);
    return () => group.removeEventListener('keydown', listen);
  };
}
