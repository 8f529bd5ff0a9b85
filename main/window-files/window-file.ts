import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

export interface WindowFile {
  body: Buffer<ArrayBuffer>;
  contentType: string;
  /** `no-store` for the page itself, long for files whose name carries a hash of their content. */
  cacheControl: string;
}

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** One plain name after another: no dot at a name's beginning, no escapes, no backslashes. */
const plainPath = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$/;

/**
 * A file of the built window.
 * @param pathname of the URL, still escaped; `/` is the page.
 * @returns undefined for everything that is not there or is no part of the window.
 */
export async function readWindowFile(directory: string, pathname: string): Promise<WindowFile | undefined> {
  const path = pathname === '/' ? '/index.html' : pathname;
  const contentType = contentTypes[extname(path)];
  if (contentType === undefined || !plainPath.test(path)) return undefined;
  try {
    const body = await readFile(join(directory, path));
    return { body, contentType, cacheControl: path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-store' };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
