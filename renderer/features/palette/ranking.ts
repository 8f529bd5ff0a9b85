import { matchWords, type MatchedPiece } from '../../format/matching.ts';
import type { EntryGroup, PaletteEntry } from './entries.ts';

export interface RankedEntry {
  entry: PaletteEntry;
  pieces: MatchedPiece[];
}

const groups: readonly EntryGroup[] = ['actions', 'go', 'settings'];
const perGroup: Record<EntryGroup, number> = { actions: 4, go: 4, settings: 2 };

/** Best first within each group, groups in their order; what loses something comes last of its group. */
export function rank(entries: readonly PaletteEntry[], query: string): RankedEntry[] {
  const wanted = query.trim();
  const matched = entries.flatMap((entry) => {
    if (wanted === '') return entry.first === true ? [{ entry, pieces: [{ text: entry.label, hit: false }], score: 0 }] : [];
    if (entry.key === 'pull-this') return [{ entry, pieces: [{ text: entry.label, hit: false }], score: 0 }];
    const match = matchWords(wanted, entry.label);
    return match === undefined ? [] : [{ entry, pieces: match.pieces, score: match.score }];
  });
  return groups.flatMap((group) =>
    matched
      .filter(({ entry }) => entry.group === group)
      .sort((a, b) => Number(a.entry.destructive === true) - Number(b.entry.destructive === true) || b.score - a.score || a.entry.label.length - b.entry.label.length)
      .slice(0, perGroup[group]),
  );
}
