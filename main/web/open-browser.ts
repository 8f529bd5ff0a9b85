import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Opens the person's browser. The command line of a process can be read by every local user, so secrets go through
 * {@link writeRedirectFile} instead.
 * @param target an http(s) address without secrets, or a file.
 * @returns false when this machine has no screen or no way to open a browser.
 */
export function openInBrowser(target: string): Promise<boolean> {
  const command = openCommand(target);
  if (command === undefined) return Promise.resolve(false);
  const [program, ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true });
    child.on('error', () => resolve(false));
    child.on('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

function openCommand(target: string): [string, ...string[]] | undefined {
  if (process.platform === 'darwin') return ['open', target];
  // Not `start`: that is cmd's, which would read & and | in an address.
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', target];
  // Without a screen xdg-open would start a text browser in the terminal.
  const hasScreen = process.env['DISPLAY'] !== undefined || process.env['WAYLAND_DISPLAY'] !== undefined;
  return hasScreen ? ['xdg-open', target] : undefined;
}

/**
 * Writes the page that sends a browser to `url`, readable by this user alone, and answers its path. A browser from a snap may not read
 * hidden folders and then shows an error instead; that is why the address is printed as well.
 */
export async function writeRedirectFile(runDirectory: string, url: string): Promise<string> {
  const path = join(runDirectory, 'open.html');
  // A file that exists keeps its mode; a new one is made with it.
  await rm(path, { force: true });
  const page = `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${url}"><title>Slipway</title>\n`;
  await writeFile(path, page, { mode: 0o600, flag: 'wx' });
  return path;
}
