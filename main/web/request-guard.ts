import type { IncomingHttpHeaders } from 'node:http';

/** `page`: GET of the page or a file of it. `action`: whatever can do something, so also the WebSocket's handshake. */
export type RequestUse = 'page' | 'action';

/**
 * Says why a request is refused, or nothing.
 *
 * `Host` must be the server's own: another name that resolves to 127.0.0.1 (DNS rebinding) makes a stranger's page same-origin with us.
 * `Origin` must be our own for an action; a page of a container on another local port has another one, because origins know
 * ports. `Sec-Fetch-Site` keeps such a page from loading our files as its scripts or frames; only a person's navigation (a typed address,
 * the redirect file) may come from elsewhere.
 */
export function refusal(headers: IncomingHttpHeaders, use: RequestUse, port: number): string | undefined {
  const host = `127.0.0.1:${port}`;
  const origin = `http://${host}`;
  if (headers.host !== host) return 'this server answers to its own address only';
  if (headers.origin !== undefined && headers.origin !== origin) return 'the request comes from another origin';
  if (use === 'action') return headers.origin === undefined ? 'the request names no origin' : undefined;
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return undefined;
  const isNavigation = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return isNavigation ? undefined : 'the request comes from another site';
}
