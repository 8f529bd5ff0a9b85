import type { LogLine } from '../../format/log/log-line.ts';

/** Saves plain lines with their times as a text file, by way of the browser's own download. */
export function saveLines(name: string, lines: readonly LogLine[]): void {
  const text = lines.map((line) => `${line.time === undefined ? '' : `${new Date(line.time).toISOString()} `}${line.text}\n`);
  const url = URL.createObjectURL(new Blob(text, { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name.replace(/[^\w.-]/g, '_')}.log`;
  link.click();
  // The download has its own hold on the data once it began.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
