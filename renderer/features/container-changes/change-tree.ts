export interface Change {
  Path: string;
  Kind: 0 | 1 | 2;
}

/** A line of the tree. */
export interface ChangeRow {
  path: string;
  name: string;
  level: number;
  kind: Change['Kind'];
  /** How many changes lie below it; 0 for a leaf. */
  below: number;
  isOpen: boolean;
}

/** Folders with more changes than this are folded at first. */
const openAtMost = 50;

/**
 * The changes as lines of a tree, folders before what is in them. The engine lists every folder on the way to a change as changed itself, in
 * the order of paths.
 * @param toggled folders that a person has folded or unfolded against their first state
 * @param filter part of a path, in any case: only lines that have it, and all folders open
 */
export function changeRows(changes: readonly Change[], toggled: ReadonlySet<string>, filter: string): ChangeRow[] {
  const wanted = filter.trim().toLowerCase();
  const sorted = [...changes].sort((a, b) => comparePaths(a.Path, b.Path));
  const rows: ChangeRow[] = [];
  let hiddenBelow: string | undefined;
  for (let index = 0; index < sorted.length; index += 1) {
    const { Path: path, Kind: kind } = sorted[index] as Change;
    let below = 0;
    while (sorted[index + 1 + below]?.Path.startsWith(`${path}/`) === true) below += 1;
    if (hiddenBelow !== undefined && path.startsWith(hiddenBelow)) continue;
    hiddenBelow = undefined;
    if (wanted !== '') {
      if (path.toLowerCase().includes(wanted)) rows.push({ path, name: path, level: 1, kind, below: 0, isOpen: true });
      continue;
    }
    const isOpen = below > 0 && below <= openAtMost !== toggled.has(path);
    rows.push({ path, name: path.slice(path.lastIndexOf('/') + 1), level: path.split('/').length - 1, kind, below, isOpen });
    if (below > 0 && !isOpen) hiddenBelow = `${path}/`;
  }
  return rows;
}

/** As a tree is read: `/a`, `/a/b`, `/a-b`. */
function comparePaths(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    if (left[index] !== right[index]) return (left[index] ?? '') < (right[index] ?? '') ? -1 : 1;
  }
  return left.length - right.length;
}

export function countByKind(changes: readonly Change[]): Record<Change['Kind'], number> {
  const counts = { 0: 0, 1: 0, 2: 0 };
  for (const { Kind } of changes) counts[Kind] += 1;
  return counts;
}
