import { countedBytes } from '../index/count-levels.ts';
import type { LogView } from './log-views.ts';

/** Lines, errors and warnings in equal parts of the rows, as far as `levels` of the state has counted them. Closes the view. */
export async function mapLogs(view: LogView, buckets: number, signal: AbortSignal): Promise<unknown> {
  const { merged } = view;
  try {
    for (const log of merged.logs) await log.refresh(signal);
    const { lines, errors, warnings } = merged.map(buckets);
    const sizes = merged.logs.map((log) => countedBytes(log));
    const bytes = sizes.reduce((sum, size) => sum + size.bytes, 0);
    return { First: merged.first, End: merged.end, Lines: lines, Errors: errors, Warnings: warnings, Counted: bytes === 0 ? 1 : sizes.reduce((sum, { counted }) => sum + counted, 0) / bytes };
  } finally {
    view.close();
  }
}
