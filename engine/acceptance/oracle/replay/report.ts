import { absent } from './compare.ts';
import type { Difference } from './compare.ts';

export interface Finding extends Difference {
  noun: string;
  name: string;
  request: string;
  /** Why it is on purpose; undefined for one that nobody has explained. */
  reason?: string;
}

/** The findings as Markdown, by noun and case. */
export function findingsReport(findings: readonly Finding[], counts: { cases: number; requests: number }): string {
  const open = findings.filter(({ reason }) => reason === undefined);
  const lines = [`${counts.cases} cases, ${counts.requests} requests: ${open.length} unexplained differences, ${findings.length - open.length} on purpose.`, ''];
  for (const [noun, ofNoun] of Map.groupBy(open, ({ noun }) => noun)) {
    lines.push(`## ${noun} (${ofNoun.length})`, '');
    for (const [name, ofCase] of Map.groupBy(ofNoun, ({ name }) => name)) {
      lines.push(`- **${name}**`);
      for (const [request, ofRequest] of Map.groupBy(ofCase, ({ request }) => request)) {
        lines.push(`  - \`${request}\``, ...ofRequest.map((difference) => `    - ${differenceLine(difference)}`));
      }
    }
    lines.push('');
  }
  return lines.join('\n');
}

export function differenceLine({ path, ours, theirs }: Difference): string {
  return `\`${path}\`: ours ${show(ours)}, dockerd ${show(theirs)}`;
}

function show(value: unknown): string {
  if (value === absent) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return `\`${text.length > 300 ? `${text.slice(0, 300)}…` : text}\``;
}
