import { matchWords, type MatchedPiece } from '../../format/matching.ts';
import type { EntryGroup, EntryIcon, PaletteEntry } from './entries.ts';

export interface RankedEntry {
  entry: PaletteEntry;
  pieces: MatchedPiece[];
}

const groups: readonly EntryGroup[] = ['actions', 'go', 'settings'];
const perGroup: Record<EntryGroup, number> = { actions: 4, go: 4, settings: 2 };

/** Among equals: what a person most likely means. */
const kinds: readonly EntryIcon[] = ['start', 'restart', 'stop', 'run', 'container', 'logs', 'image', 'terminal', 'pause', 'pull', 'settings', 'history', 'keys', 'theme', 'power', 'remove'];
const placeOf = ({ icon }: PaletteEntry): number => (typeof icon === 'string' ? kinds.indexOf(icon) : kinds.length);
const verbs = ['start', 'stop', 'restart', 'pause', 'resume', 'remove', 'run', 'kill', 'open'];

/** Best first within each group, groups in their order; what loses something comes last of its group. */
export function rank(entries: readonly PaletteEntry[], query: string): RankedEntry[] {
  const wanted = query.trim();
  const nouns = wanted.split(/\s+/).filter((word) => !verbs.some((verb) => verb.startsWith(word.toLowerCase()))).join(' ');
  const matched = entries.flatMap((entry) => {
    if (wanted === '') return entry.first === true ? [{ entry, pieces: [{ text: entry.label, hit: false }], score: 0 }] : [];
    if (entry.key === 'pull-this') return [{ entry, pieces: [{ text: entry.label, hit: false }], score: 0 }];
    // Whoever types "rest wor" may also want to go to what "wor" names.
    const match = matchWords(wanted, entry.label) ?? (entry.group === 'go' && nouns !== '' ? matchWords(nouns, entry.label) : undefined);
    return match === undefined ? [] : [{ entry, pieces: match.pieces, score: match.score }];
  });
  return groups.flatMap((group) =>
    matched
      .filter(({ entry }) => entry.group === group)
      .sort((a, b) => Number(a.entry.destructive === true) - Number(b.entry.destructive === true) || b.score - a.score || placeOf(a.entry) - placeOf(b.entry) || a.entry.label.length - b.entry.label.length)
      .slice(0, perGroup[group]),
  );
}
