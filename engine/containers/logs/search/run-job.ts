import { readSync } from 'node:fs';
import { levelOf } from '../../../../contract/log-text.ts';
import { recordForm } from '../index/record-form.ts';
import { blockReader } from './block-reader.ts';
import type { BlockReader } from './block-reader.ts';
import type { LogJob, LogStretch } from './log-job.ts';
import { requiredLiterals } from './required-literal.ts';

const columns = 3;

/** Reads segment after segment. @param visit of each its bytes, where its records end, and its index */
function eachSegment({ fd, driver, segments }: LogStretch, visit: (bytes: Buffer, ends: () => readonly number[], index: number) => void): void {
  const form = recordForm(driver);
  let buffer = Buffer.allocUnsafeSlow(0);
  for (let at = 0; at < segments.length; at += columns) {
    const [start, end] = [segments[at]!, segments[at + 1]!];
    if (buffer.length < end - start) buffer = Buffer.allocUnsafeSlow(end - start);
    const bytes = buffer.subarray(0, readSync(fd, buffer, 0, end - start, start));
    visit(
      bytes,
      () => {
        const ends: number[] = [];
        form.cut(bytes, 0, ends);
        return ends;
      },
      at / columns,
    );
  }
}

export function findMatches({ stretch, condition, limit, from }: Omit<Extract<LogJob, { kind: 'search' }>, 'kind'>, onProgress: () => void): { pairs: Float64Array; count: number } {
  const { pattern, ignoreCase, stream, levels } = condition;
  const expression = pattern === undefined ? undefined : new RegExp(pattern, ignoreCase ? 'i' : '');
  const literals = pattern === undefined ? [] : requiredLiterals(pattern);
  let find: LiteralFinder | undefined;
  const reader = blockReader(stretch.driver);
  const found: number[] = [];
  let count = 0;
  const fits = (start: number, end: number): boolean => {
    if (stream !== undefined && reader.isStderr(start, end) !== (stream === 'stderr')) return false;
    if (expression === undefined && levels === undefined) return true;
    const text = reader.text(start, end);
    if (expression !== undefined && !expression.test(text)) return false;
    return levels === undefined || levels.includes(levelOf(text) ?? 'none');
  };
  eachSegment(stretch, (bytes, cut, index) => {
    onProgress();
    const firstLine = stretch.segments[index * columns + 2]!;
    reader.take(bytes, []);
    const take = (line: number, start: number, end: number) => {
      if (firstLine + line < from || !fits(start, end)) return;
      count += 1;
      if (count <= limit) found.push(firstLine + line, reader.time(start, end));
    };
    if (literals.length === 0 || !reader.isPlain()) {
      let start = 0;
      for (const [line, end] of cut().entries()) {
        take(line, start, end);
        start = end;
      }
      return;
    }
    find ??= literalFinder(rarest(literals, bytes, ignoreCase), ignoreCase);
    find.take(bytes);
    let at = find.next(0);
    if (at === -1) return;
    const ends = cut();
    for (let line = 0; at !== -1; ) {
      while (line < ends.length && ends[line]! <= at) line += 1;
      if (line >= ends.length) return;
      take(line, line === 0 ? 0 : ends[line - 1]!, ends[line]!);
      at = find.next(ends[line]!);
    }
  });
  return { pairs: Float64Array.from(found), count };
}

/** Where a text is in a block. */
interface LiteralFinder {
  take(bytes: Buffer): void;
  /** -1 when there is none at an offset or behind it. */
  next(from: number): number;
}

function literalFinder(literal: string, ignoreCase: boolean): LiteralFinder {
  if (!ignoreCase || !/[a-z]/i.test(literal)) {
    const needle = Buffer.from(literal);
    let block: Buffer;
    return { take: (bytes) => (block = bytes), next: (from) => block.indexOf(needle, from) };
  }
  const needle = fold(Buffer.from(literal));
  let block: Buffer;
  return { take: (bytes) => (block = fold(bytes)), next: (from) => block.indexOf(needle, from) };
}

let folded = new Uint32Array(0);

/**
 * A copy in which no letter has a case: a bit is set in every byte, four at a time. Other characters fall together as well, which is no
 * harm: what is found is looked at. An expression that ignores case takes twenty times as long.
 */
function fold(bytes: Buffer): Buffer {
  const words = (bytes.length + 3) >>> 2;
  const isShort = words < 64;
  if (folded.length < words && !isShort) folded = new Uint32Array(words);
  const target = isShort ? new Uint32Array(words) : folded;
  const copy = Buffer.from(target.buffer, 0, words * 4);
  bytes.copy(copy);
  for (let at = 0; at < words; at += 1) target[at]! |= 0x20202020;
  return copy.subarray(0, bytes.length);
}

const sample = 64 * 1024;
const occurrencesAtMost = 500;

/** The literal that occurs least in a block, the longest of several: each occurrence is a line to be looked at. */
function rarest(literals: readonly string[], bytes: Buffer, ignoreCase: boolean): string {
  if (literals.length === 1) return literals[0]!;
  const counted = literals.slice(0, 4).map((literal) => {
    const find = literalFinder(literal, ignoreCase);
    find.take(bytes.subarray(0, sample));
    let count = 0;
    for (let at = find.next(0); at !== -1 && count < occurrencesAtMost; at = find.next(at + 1)) count += 1;
    return { literal, count };
  });
  return counted.reduce((best, each) => (each.count < best.count ? each : best)).literal;
}

/** Words without which no level is an error or a warning: few lines have one. */
const suspicious = /fatal|panic|crit|emerg|alert|err|severe|warn|wrn/i;

/** Errors and warnings of each segment. */
export function countLevels(stretch: LogStretch, onProgress: () => void): Float64Array {
  const reader: BlockReader = blockReader(stretch.driver);
  const counts = new Float64Array((stretch.segments.length / columns) * 2);
  eachSegment(stretch, (bytes, cut, index) => {
    onProgress();
    reader.take(bytes, []);
    let start = 0;
    for (const end of cut()) {
      const text = reader.text(start, end);
      start = end;
      if (!suspicious.test(text.length > 200 ? text.slice(0, 200) : text)) continue;
      const level = levelOf(text);
      if (level === 'error') counts[index * 2]! += 1;
      else if (level === 'warning') counts[index * 2 + 1]! += 1;
    }
  });
  return counts;
}
