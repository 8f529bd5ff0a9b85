import type { ExtractOptions } from './protocol.ts';
import { ArchiveRefusal } from './tree-extractor.ts';

/**
 * @param folder as seen in the view, without symbolic links
 * @throws ArchiveRefusal in the words of the longest rule that holds the folder, where it says no
 */
export function expectAccess(folder: string, access: ExtractOptions['access']): void {
  const rule = access.filter(({ path }) => isWithin(folder, path)).sort((a, b) => b.path.length - a.path.length)[0];
  if (rule !== undefined && rule.refusal !== null) throw new ArchiveRefusal(rule.refusal);
}

/** Whether `path` is `folder` or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}
