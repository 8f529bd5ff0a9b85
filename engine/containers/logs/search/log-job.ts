import type { LogLevel } from '../../../../contract/log-text.ts';
import type { LogDriver } from '../index/record-form.ts';

/** What a line must be to be found. */
export interface LogCondition {
  /** Source of a regular expression. */
  pattern?: string;
  ignoreCase: boolean;
  /** Only lines of this stream. */
  stream?: 'stdout' | 'stderr';
  /** Only lines of these levels; `none` for those that do not say. */
  levels?: (LogLevel | 'none')[];
}

/** A stretch of a file, for a thread. Descriptors are the process's: threads read the engine's own. */
export interface LogStretch {
  fd: number;
  driver: LogDriver;
  /** Per segment: start, end, number of its first line. Nothing lies between the segments. */
  segments: Float64Array;
}

export type LogJob =
  /** `from`: lines before it do not count. */
  | { kind: 'search'; stretch: LogStretch; condition: LogCondition; limit: number; from: number }
  | { kind: 'levels'; stretch: LogStretch };

export type LogAnswer =
  | { kind: 'progress' }
  /** `pairs`: line and time of the first `limit` matches; `count` of all. */
  | { kind: 'matches'; pairs: Float64Array; count: number }
  /** Errors and warnings of each segment. */
  | { kind: 'levels'; counts: Float64Array }
  | { kind: 'failed'; message: string };
