/** Absolute paths inside a container or a volume. */

export const joinPath = (folder: string, name: string): string => (folder === '/' ? `/${name}` : `${folder}/${name}`);

export const parentPath = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));

/** Every folder on the way, the root first. */
export function crumbsOf(path: string): { name: string; path: string }[] {
  const parts = path.split('/').filter((part) => part !== '');
  return [{ name: '/', path: '/' }, ...parts.map((name, index) => ({ name, path: `/${parts.slice(0, index + 1).join('/')}` }))];
}

/** `drwxr-xr-x`, as `ls` writes it. */
export function modeText(mode: number, kind: string): string {
  const first: Record<string, string> = { folder: 'd', link: 'l', pipe: 'p', socket: 's', device: 'c' };
  const three = (bits: number, special: boolean, letter: string): string => {
    const execute = (bits & 1) !== 0;
    return `${(bits & 4) !== 0 ? 'r' : '-'}${(bits & 2) !== 0 ? 'w' : '-'}${special ? (execute ? letter : letter.toUpperCase()) : execute ? 'x' : '-'}`;
  };
  return `${first[kind] ?? '-'}${three(mode >> 6, (mode & 0o4000) !== 0, 's')}${three(mode >> 3, (mode & 0o2000) !== 0, 's')}${three(mode, (mode & 0o1000) !== 0, 't')}`;
}

/** What keeps a text from being the name of a file; `undefined` when nothing does. */
export function problemOfName(name: string): 'empty' | 'slash' | 'dots' | 'long' | undefined {
  if (name.trim() === '') return 'empty';
  if (name.includes('/') || name.includes('\0')) return 'slash';
  if (name === '.' || name === '..') return 'dots';
  return new TextEncoder().encode(name).length > 255 ? 'long' : undefined;
}
