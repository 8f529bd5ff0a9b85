import { absent } from './compare.ts';
import type { Difference } from './compare.ts';

export interface Finding extends Difference {
  noun: string;
  name: string;
  request: string;
  /** Why it is on purpose; undefined for one that nobody has explained. */
  reason?: string;
}

/** The unexplained findings as Markdown, by noun; what is the same in several requests is said once. */
export function findingsReport(findings: readonly Finding[], counts: { cases: number; requests: number }): string {
  const open = findings.filter(({ reason }) => reason === undefined);
  const lines = [`${counts.cases} cases, ${counts.requests} requests: ${open.length} unexplained differences, ${findings.length - open.length} on purpose.`, ''];
  for (const [noun, ofNoun] of Map.groupBy(open, ({ noun }) => noun)) {
    lines.push(`## ${noun} (${ofNoun.length})`, '');
    for (const [line, same] of Map.groupBy(ofNoun, (finding) => differenceLine({ ...finding, path: finding.path.replace(/\.\d+(?=\.|$)/g, '.*') }))) {
      const requests = [...new Set(same.map(({ name, request }) => `*${name}* \`${request}\``))];
      const more = requests.length > 2 ? ` and ${requests.length - 2} more` : '';
      lines.push(`- ${line}`, `  in ${requests.slice(0, 2).join(', ')}${more}`);
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
