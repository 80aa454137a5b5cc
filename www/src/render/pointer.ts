/** Where a pointer is, in an element's own pixels: also where something around it is scaled, as slides are. */
export function within(event: MouseEvent, element: Element & { offsetWidth?: number }): { x: number; y: number } {
  const { left, top, width } = element.getBoundingClientRect();
  const scale = element.offsetWidth && width ? element.offsetWidth / width : 1;
  return { x: (event.clientX - left) * scale, y: (event.clientY - top) * scale };
}
