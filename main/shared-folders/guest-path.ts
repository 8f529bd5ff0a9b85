/**
 * Where a folder of this computer is in the VM: at the same path on Linux and macOS, and `C:\Users\me` at `/c/Users/me`, as Docker Desktop has it.
 * @param path absolute, in the spelling of the platform or, on Windows, in either
 */
export function guestPath(path: string, platform: NodeJS.Platform = process.platform): string {
  if (platform !== 'win32') return trimmed(path);
  const [, drive = '', rest = ''] = /^([A-Za-z]):[\\/]?(.*)$/s.exec(path) ?? [];
  if (drive === '') return trimmed(path.replaceAll('\\', '/'));
  return trimmed(`/${drive.toLowerCase()}/${rest.replaceAll('\\', '/')}`);
}

/** The way back. */
export function hostPath(path: string, platform: NodeJS.Platform = process.platform): string {
  if (platform !== 'win32') return path;
  const [, drive = '', rest = ''] = /^\/([A-Za-z])(?:\/(.*))?$/s.exec(path) ?? [];
  return drive === '' ? path : `${drive.toUpperCase()}:\\${rest.replaceAll('/', '\\')}`;
}

const trimmed = (path: string) => (path.length > 1 ? path.replace(/\/+$/, '') || '/' : path);
