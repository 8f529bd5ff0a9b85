/** Whether a path of this computer is in one of the shared folders, as the settings have them: `/home/me`, `/data:ro`. */
export function isShared(path: string, sharedFolders: readonly string[]): boolean {
  const wanted = plain(path);
  return sharedFolders.map((entry) => plain(entry.replace(/:ro$/, ''))).some((folder) => folder === '/' || wanted === folder || wanted.startsWith(`${folder}/`));
}

/** Absolute on one of the systems that Slipway runs on. */
export const isAbsolutePath = (path: string): boolean => /^(?:\/|[A-Za-z]:[\\/])/.test(path);

const plain = (path: string) => path.trim().replaceAll('\\', '/').replace(/(?<=.)\/+$/, '');
