import type { Bench, Measurement, Row } from '../row.ts';
import type { RowResult, SubjectName } from '../report/results.ts';
import { resultOf } from '../report/results.ts';

interface Turn {
  name: SubjectName;
  measurement: Measurement;
}

/**
 * Measures one row: every engine once, then every engine once again, so that whatever else the machine does meets all alike. An engine that
 * fails drops out and the reason becomes a note; the others go on.
 */
export async function measureRow(row: Row, bench: Bench, signal: AbortSignal): Promise<RowResult> {
  const notes: string[] = [];
  const samples = new Map<SubjectName, Map<string, number[]>>();
  let turns: Turn[] = [];
  const note = (name: SubjectName, error: unknown) => notes.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  try {
    for (const [name, open] of openers(row, bench)) {
      signal.throwIfAborted();
      try {
        turns.push({ name, measurement: await orAborted(open(), signal) });
      } catch (error) {
        signal.throwIfAborted();
        note(name, error);
      }
    }
    if (row.floor !== undefined) notes.push(`floor: ${row.floor.title}`);
    const rounds = bench.rounds ?? (bench.quick ? row.rounds.quick : bench.short ? Math.ceil(row.rounds.full / 5) : row.rounds.full);
    for (let round = row.warmUp ? -1 : 0; round < rounds; round++) {
      for (const turn of turns) {
        signal.throwIfAborted();
        try {
          const values = await orAborted(turn.measurement.measure(), signal);
          if (round >= 0) record(samples, turn.name, values);
        } catch (error) {
          signal.throwIfAborted();
          note(turn.name, error);
          turns = turns.filter((other) => other !== turn);
          await turn.measurement.close().catch(() => undefined);
        }
      }
    }
  } finally {
    // Whoever stops the bench need not wait for this: the engines go, and all they hold with them.
    if (!signal.aborted) for (const { name, measurement } of turns) await measurement.close().catch((error: unknown) => note(name, error));
  }
  return resultOf(row, samples, notes);
}

function openers(row: Row, bench: Bench): [SubjectName, () => Promise<Measurement>][] {
  const engines = row.engines.flatMap((name): [SubjectName, () => Promise<Measurement>][] => {
    const engine = bench.engines.get(name);
    return engine === undefined ? [] : [[name, () => row.open(engine, bench)]];
  });
  const { floor } = row;
  return floor === undefined || bench.crun === undefined ? engines : [...engines, ['floor', () => floor.open(bench)]];
}

function record(samples: Map<SubjectName, Map<string, number[]>>, name: SubjectName, values: Record<string, number>): void {
  const byLine = samples.get(name) ?? new Map<string, number[]>();
  samples.set(name, byLine);
  for (const [key, value] of Object.entries(values)) byLine.set(key, [...(byLine.get(key) ?? []), value]);
}

/** What `work` answers, or at once the signal's reason; the work is then left to fail when its engine goes. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
