import { memo } from 'react';
import { mapBuckets, type LogMarks } from './log-session.ts';

/** Where errors, warnings and matches lie in the whole, at the right edge. The counts are told in words elsewhere. */
export const MarkMap = memo(function MarkMap({ marks, places, isFiltering }: { marks: LogMarks; places: readonly number[]; isFiltering: boolean }) {
  const found = new Map<number, 'hit' | 'error' | 'warning'>();
  if (!isFiltering) {
    for (const [bucket, count] of marks.warnings.entries()) if (count > 0) found.set(bucket, 'warning');
    for (const [bucket, count] of marks.errors.entries()) if (count > 0) found.set(bucket, 'error');
  }
  for (const place of places) found.set(Math.min(mapBuckets - 1, Math.max(0, Math.floor(place * mapBuckets))), 'hit');
  return (
    <div className="log__map" aria-hidden="true">
      {[...found].map(([bucket, kind]) => (
        <i key={bucket} className={kind} style={{ top: `${(bucket / mapBuckets) * 100}%` }} />
      ))}
    </div>
  );
});
