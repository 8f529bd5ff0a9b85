import type { App, Session, WebContents } from 'electron';
import { isWebAddress, isWindowAddress } from './app-address.ts';

/** Copying to the clipboard is the one permission that the page needs; without a handler Electron grants them all. */
const allowed = new Set(['clipboard-sanitized-write']);

export function guardPermissions(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, answer) => answer(allowed.has(permission) && isWindowAddress(contents.getURL())));
  session.setPermissionCheckHandler((contents, permission) => allowed.has(permission) && contents !== null && isWindowAddress(contents.getURL()));
  session.setDevicePermissionHandler(() => false);
}

/**
 * Holds every page where it is: no navigation away, no new windows, no webviews, whatever a container's log or label makes it try. A web
 * address that the page wants to open goes to the person's browser.
 */
export function guardNavigation(app: App, openInBrowser: (url: string) => void): void {
  app.on('web-contents-created', (_event, contents: WebContents) => {
    contents.on('will-navigate', (event) => {
      if (!isWindowAddress(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => {
      if (!isWindowAddress(event.url)) event.preventDefault();
    });
    contents.on('will-frame-navigate', (event) => {
      if (!event.isMainFrame) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      if (isWebAddress(url)) openInBrowser(new URL(url).href);
      return { action: 'deny' };
    });
  });
}
