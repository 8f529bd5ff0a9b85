import type { FileHandle } from 'node:fs/promises';

const blockSize = 64 * 1024;
const newline = 10;

export function splitLines(bytes: Buffer): { records: Buffer[]; rest: number } {
  const records: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
    records.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return { records, rest: start };
}

export async function findLastLines(file: FileHandle, size: number, count: number): Promise<{ offset: number; lines: number }> {
  const block = Buffer.allocUnsafe(blockSize);
  let lines = 0;
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - blockSize);
    const { bytesRead } = await file.read(block, 0, end - start, start);
    for (let index = bytesRead - 1; index >= 0; index -= 1) {
      if (block[index] !== newline) continue;
      // The newline before a line ends the line before it; the file's last newline has no line behind it.
      if (start + index + 1 < size) lines += 1;
      if (lines === count) return { offset: start + index + 1, lines };
    }
    end = start;
  }
  return { offset: 0, lines: size > 0 ? lines + 1 : 0 };
}
