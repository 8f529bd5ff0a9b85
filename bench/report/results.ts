import type { EngineName, Line, Row } from '../row.ts';
import { median } from './median.ts';
import { judge, type Medians, type Verdict } from './verdict.ts';

export type SubjectName = EngineName | 'floor';

export interface LineResult {
  line: Line;
  /** All that was measured, in order. */
  samples: Partial<Record<SubjectName, number[]>>;
  medians: Medians;
  verdicts: Verdict[];
}

export interface RowResult {
  name: string;
  lines: LineResult[];
  /** What went wrong, and what the floor is. */
  notes: string[];
}

/** @param samples by subject and line */
export function resultOf(row: Row, samples: ReadonlyMap<SubjectName, ReadonlyMap<string, number[]>>, notes: string[]): RowResult {
  const own = new Map([...(samples.get('slipway') ?? [])].map(([key, values]) => [key, median(values)]));
  const lines = row.lines.map((line): LineResult => {
    const bySubject = [...samples].flatMap(([name, byLine]) => (byLine.get(line.key) === undefined ? [] : [[name, byLine.get(line.key)!] as const]));
    const medians: Medians = Object.fromEntries(bySubject.map(([name, values]) => [name, median(values)]));
    return { line, samples: Object.fromEntries(bySubject), medians, verdicts: judge(line, medians, own) };
  });
  return { name: row.name, lines, notes };
}
