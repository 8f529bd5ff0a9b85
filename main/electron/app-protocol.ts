import type { Protocol } from 'electron';
import { securityHeaders } from '../window-files/security-headers.ts';
import { readWindowFile } from '../window-files/window-file.ts';
import { isWindowAddress, windowScheme } from './app-address.ts';

/** Before Electron is ready: the scheme has origins, counts as secure and has storage. It does not get round the CSP. */
export function registerWindowScheme(protocol: Protocol): void {
  protocol.registerSchemesAsPrivileged([{ scheme: windowScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

/** Serves the built window, and nothing but it. */
export function serveWindowFiles(protocol: Protocol, windowDirectory: string): void {
  protocol.handle(windowScheme, async (request) => {
    const headers = securityHeaders();
    const file = isWindowAddress(request.url) ? await readWindowFile(windowDirectory, new URL(request.url).pathname) : undefined;
    if (file === undefined) return new Response('there is no such file\n', { status: 404, headers: { ...headers, 'Content-Type': 'text/plain; charset=utf-8' } });
    return new Response(file.body, { headers: { ...headers, 'Content-Type': file.contentType, 'Cache-Control': file.cacheControl } });
  });
}
