import { reasonFor } from './known-differences.ts';
import { compareReplies, globPattern } from './replay/compare.ts';
import type { Side } from './replay/compare.ts';
import type { OracleCase, Step } from './replay/oracle-case.ts';
import type { Finding } from './replay/report.ts';
import type { Reply } from './replay/wire.ts';

/** In what two engines' answers to the steps of a case differ, each with its reason where it is on purpose. */
export function findingsOf(noun: string, oracleCase: OracleCase, ours: readonly Side[], theirs: readonly Side[]): Finding[] {
  return oracleCase.steps.flatMap((step, index) => {
    const [left, right] = [ours[index]!, theirs[index]!];
    const messages = { ours: messageOf(left.reply), theirs: messageOf(right.reply) };
    const request = requestText(step);
    return compareReplies(step, left, right).map((each) => ({
      noun,
      name: oracleCase.name,
      request: `${step.version === undefined ? '' : `(${step.version || 'no version'}) `}${request}`,
      ...each,
      reason: reasonFor(noun, request, each, messages, (glob) => globPattern(glob).test(each.path)),
    }));
  });
}

function requestText(step: Step): string {
  const body = step.body === undefined || Buffer.isBuffer(step.body) ? '' : ` ${typeof step.body === 'string' ? step.body : JSON.stringify(step.body)}`;
  return `${step.method} ${decodeURIComponent(step.path.replace(/%(?![0-9a-f]{2})/gi, '%25'))}${body.length > 300 ? `${body.slice(0, 300)}…` : body}`;
}

function messageOf(reply: Reply): string {
  const message = (reply.body as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? message : '';
}
