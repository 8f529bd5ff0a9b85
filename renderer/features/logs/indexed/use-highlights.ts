import { useEffect, useRef, useState } from 'react';
import type { LogHit } from '../log-search.ts';
import { findRanges, type HighlightJob, type Ranges } from './find-ranges.ts';
import { escapeExpression, type Search, type ShownLine } from './log-session.ts';

/** A thread that has not answered by then never will. */
const deadline = 500;

/**
 * Where the search's pattern matches in the lines that are shown. Plain text is looked for at once; an expression in a thread of its own, which is ended
 * when it takes too long: its lines stay without marks.
 */
export function useHighlights(lines: readonly ShownLine[], search: Search | undefined): (line: ShownLine) => readonly LogHit[] {
  const known = useRef(new WeakMap<ShownLine, { key: string; hits: LogHit[] }>());
  const worker = useRef<Worker>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [, setRound] = useState(0);
  const key = search === undefined ? '' : `${search.isExpression} ${search.matchCase} ${search.pattern}`;

  useEffect(() => {
    if (search === undefined || !search.isExpression || search.pattern === '') return;
    const wanted = lines.filter((line) => known.current.get(line)?.key !== key);
    if (wanted.length === 0 || timer.current !== undefined) return;
    worker.current ??= new Worker(new URL('./highlight-worker.ts', import.meta.url), { type: 'module' });
    const thread = worker.current;
    const finish = (found: readonly Ranges[]): void => {
      clearTimeout(timer.current);
      timer.current = undefined;
      for (const [index, line] of wanted.entries()) known.current.set(line, { key, hits: hitsOf(found[index] ?? []) });
      setRound((round) => round + 1);
    };
    timer.current = setTimeout(() => {
      thread.terminate();
      worker.current = undefined;
      finish([]);
    }, deadline);
    thread.onmessage = ({ data }: MessageEvent<Ranges[]>) => finish(data);
    thread.postMessage({ pattern: search.pattern, matchCase: search.matchCase, texts: wanted.map(({ text }) => text) } satisfies HighlightJob);
  });

  useEffect(
    () => () => {
      clearTimeout(timer.current);
      worker.current?.terminate();
    },
    [],
  );

  return (line) => {
    if (search === undefined || search.pattern === '') return none;
    const before = known.current.get(line);
    if (before?.key === key) return before.hits;
    if (search.isExpression) return none;
    const hits = hitsOf(findRanges({ pattern: escapeExpression(search.pattern), matchCase: search.matchCase, texts: [line.text] })[0] ?? []);
    known.current.set(line, { key, hits });
    return hits;
  };
}

const none: readonly LogHit[] = [];

function hitsOf(ranges: Ranges): LogHit[] {
  return Array.from({ length: ranges.length / 2 }, (_, index) => ({ line: 0, from: ranges[2 * index]!, to: ranges[2 * index + 1]! }));
}
