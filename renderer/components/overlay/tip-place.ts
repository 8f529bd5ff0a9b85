/** Pixels between a control and its tip, and between a tip and the window's edge. */
const gap = 6;
const edge = 8;

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Below the control, centred on it, above where there is no room below; never past the window's edge. */
export function placeBeside(control: Box, tip: Pick<Box, 'width' | 'height'>, room: { width: number; height: number }): { left: number; top: number } {
  const below = control.top + control.height + gap;
  const above = control.top - gap - tip.height;
  const isBelow = below + tip.height + edge <= room.height || above < edge;
  const centred = control.left + Math.min(control.width, room.width) / 2 - tip.width / 2;
  return { left: Math.round(Math.max(edge, Math.min(centred, room.width - tip.width - edge))), top: Math.round(isBelow ? below : above) };
}

/** Whether words of the element do not fit: in itself, in a part of it, or in what it stands in. */
export function isCut(element: HTMLElement): boolean {
  const parts = [element.parentElement, element, ...element.querySelectorAll<HTMLElement>('*')];
  return parts.some((part) => part instanceof HTMLElement && !part.classList.contains('unseen') && part.scrollWidth > part.clientWidth && getComputedStyle(part).overflowX !== 'visible');
}

/** Whether a screen reader has not said the tip's words with the element's name or text. */
export function saysMore(element: HTMLElement, text: string): boolean {
  const said = `${element.getAttribute('aria-label') ?? ''} ${element.textContent ?? ''}`.replace(/\s+/g, ' ');
  return !said.includes(text.replace(/\s+/g, ' ').trim());
}
