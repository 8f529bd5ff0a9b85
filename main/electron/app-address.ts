/**
 * The window's own address in Electron. A scheme of its own, not `file:`: a page from `file:` may read other files, and this one gets
 * exactly what {@link import('./app-protocol.ts').serveWindowFiles} answers.
 */
export const windowScheme = 'slipway-app';
export const windowUrl = `${windowScheme}://window/`;

/** Whether an address is the window's page or a file of it. Host and all: `slipway-app://window.evil/` is not. */
export function isWindowAddress(url: string): boolean {
  return url.startsWith(windowUrl);
}

/** What may be handed to the person's browser. Everything else (`file:`, `javascript:`, other programs' schemes) stays closed. */
export function isWebAddress(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol } = new URL(url);
  return protocol === 'http:' || protocol === 'https:';
}
