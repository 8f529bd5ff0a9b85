import { useMemo } from 'react';
import type { LogLine } from '../../format/log/log-line.ts';
import type { LogHit } from './log-search.ts';

const buckets = 160;

/** Where matches and errors lie in the whole, at the right edge. The counts are told in words elsewhere. */
export function LogMap({ lines, hits }: { lines: readonly LogLine[]; hits: readonly LogHit[] }) {
  const { length } = lines;
  const marks = useMemo(() => {
    const found = new Map<number, 'hit' | 'error'>();
    const first = lines[0]?.number ?? 0;
    const bucketOf = (index: number): number => Math.floor((index / Math.max(1, length)) * buckets);
    for (let index = 0; index < length; index++) if (lines[index]?.level === 'error') found.set(bucketOf(index), 'error');
    // Line numbers are exact places only while nothing is filtered out; a map may be that coarse.
    for (const { line } of hits) found.set(bucketOf(Math.min(length - 1, line - first)), 'hit');
    return [...found];
    // The arrays grow in place: their lengths are what tells a change.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [lines, length, hits, hits.length]);
  return (
    <div className="log__map" aria-hidden="true">
      {marks.map(([bucket, kind]) => (
        <i key={bucket} className={kind} style={{ top: `${(bucket / buckets) * 100}%` }} />
      ))}
    </div>
  );
}
