import type { Line } from '../row.ts';
import type { LineResult, RowResult } from './results.ts';

const columns = ['slipway', 'dockerd', 'podman', 'floor'] as const;

/** The results as a Markdown table, one line each, medians and ratios. */
export function formatTable(rows: readonly RowResult[]): string {
  const head = ['work', 'unit', ...columns, '× dockerd', '× podman', '× floor', 'goals'];
  const body = rows.flatMap((row) => row.lines.map((line) => cells(line)));
  const notes = rows.flatMap((row) => row.notes.map((note) => `- ${row.name}: ${note}`));
  const widths = head.map((title, index) => Math.max(title.length, ...body.map((one) => one[index]!.length)));
  const show = (one: readonly string[]) => `| ${one.map((cell, index) => (index < 2 || index === head.length - 1 ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!))).join(' | ')} |`;
  const rule = widths.map((width, index) => (index < 2 || index === head.length - 1 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [show(head), show(rule), ...body.map(show), ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}

function cells({ line, medians, verdicts }: LineResult): string[] {
  const ratio = (to: 'dockerd' | 'podman' | 'floor') =>
    medians.slipway === undefined || medians[to] === undefined || medians[to] === 0 ? '' : (medians.slipway / medians[to]).toFixed(2);
  const goals = verdicts.map(({ goal, met, belowFloor }) => `${goal}: ${met === undefined ? 'not known' : met ? 'met' : belowFloor ? 'MISSED, less than the floor' : 'MISSED'}`);
  return [line.title, line.unit, ...columns.map((name) => figure(medians[name], line)), ratio('dockerd'), ratio('podman'), ratio('floor'), goals.join('; ')];
}

function figure(value: number | undefined, line: Line): string {
  if (value === undefined) return '';
  if (line.unit === 'ms') return value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0);
  return value.toFixed(value < 10 ? 2 : 1);
}
