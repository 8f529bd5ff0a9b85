import { encodeLines, encodeMatches, frameHeader, frameTypes, type FrameType, type WireLine } from '../../contract/log-frames.ts';
import { levelOf, plainText } from '../../contract/log-text.ts';
import type { LogChunk } from '../../contract/ipc.ts';
import type { LogSearchRequest } from '../../contract/engine-api/log-view.ts';

/** The engine's log endpoints, over the lines of a scene repeated to any number. */
export function fakeLogs(chunks: readonly LogChunk[], total: number) {
  const sample = chunks.flatMap(({ stream, text }) => text.split('\n').flatMap((line) => (line === '' ? [] : [{ stderr: stream === 'stderr', at: line.indexOf(' '), line }])));
  const encoder = new TextEncoder();
  const one = (row: number, sources: number): WireLine => {
    const { line, at, stderr } = sample[((row - total) % sample.length + sample.length) % sample.length] ?? { line: '', at: 0, stderr: false };
    const time = BigInt(Date.parse(line.slice(0, at).replace(/(\.\d{3})\d+/, '$1'))) * 1_000_000n;
    return { source: (row * 7 + (row >> 2)) % sources, line: row, stderr, goesOn: false, readable: true, time, text: line.slice(at + 1) };
  };
  const frame = (type: FrameType, payload: Uint8Array): Uint8Array => {
    const bytes = new Uint8Array(8 + payload.length);
    bytes.set(frameHeader(type, payload.length));
    bytes.set(payload, 8);
    return bytes;
  };
  const jsonFrame = (value: unknown): Uint8Array => frame(frameTypes.json, encoder.encode(JSON.stringify(value)));
  const rows = sample.length === 0 ? 0 : total;

  return {
    state(containers: readonly string[]): unknown {
      const levels = sample.map(({ line, at }) => levelOf(plainText(line.slice(at + 1))));
      const share = rows / Math.max(1, sample.length);
      return {
        Containers: containers.map((Id) => ({ Id, Name: Id, Driver: 'json-file', Running: true, Tty: false, First: 0, End: rows, Bytes: rows * 181, Epoch: 0 })),
        First: 0, End: rows, Bytes: rows * 181, FirstTime: 0, LastTime: rows,
        Errors: Math.round(levels.filter((level) => level === 'error').length * share), Warnings: Math.round(levels.filter((level) => level === 'warning').length * share), Counted: 1,
      };
    },
    lines({ container, from = 0, count, line }: { container: string[]; from?: number; count?: number; line?: string }): Uint8Array[] {
      const row = line === undefined ? from : Number(line.split(':')[1]);
      const lines = Array.from({ length: Math.max(0, Math.min(count ?? rows, rows - row)) }, (_, index) => one(row + index, container.length));
      return [jsonFrame({ Row: row, First: 0, End: rows }), frame(frameTypes.lines, encodeLines(lines, (text) => encoder.encode(text)))];
    },
    pick({ Containers, Lines }: { Containers: string[]; Lines: [number, number][] }): Uint8Array[] {
      return [frame(frameTypes.lines, encodeLines(Lines.map(([, line]) => one(line, Containers.length)), (text) => encoder.encode(text)))];
    },
    search({ Containers, Pattern, IgnoreCase, Levels }: LogSearchRequest): Uint8Array[] {
      const expression = new RegExp(Pattern ?? '', IgnoreCase === true ? 'i' : '');
      const frames: Uint8Array[] = [];
      let count = 0;
      for (const source of Containers.keys()) {
        const pairs: number[] = [];
        for (let row = Math.max(0, rows - 50_000); row < rows; row += 1) {
          const line = one(row, Containers.length);
          if (line.source !== source || !expression.test(plainText(line.text)) || (Levels !== undefined && !Levels.includes(levelOf(plainText(line.text)) ?? 'none'))) continue;
          pairs.push(row, row);
        }
        count += pairs.length / 2;
        frames.push(frame(frameTypes.matches, encodeMatches(source, Float64Array.from(pairs))));
      }
      return [...frames, jsonFrame({ Searched: 1, Bytes: 1, Matches: count, End: Containers.map(() => rows), Done: true })];
    },
    map(buckets: number): unknown {
      const some = (every: number): number[] => Array.from({ length: buckets }, (_, index) => (rows > 0 && index % every === 3 ? 1 : 0));
      return { Counted: 1, Lines: some(1), Errors: some(31), Warnings: some(17) };
    },
  };
}
