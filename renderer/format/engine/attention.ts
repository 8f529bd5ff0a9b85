import { formatMemory } from '../bytes.ts';
import type { ContainerView } from './container.ts';

/** The part of a container's evidence that words are made from (stores/evidence reads it from inspect). */
export interface AttentionEvidence {
  restartCount: number;
  outOfMemory: boolean;
  memoryLimit: number;
  exitCode: number;
  error: string;
  failingStreak: number;
  checkOutput: string;
}

export interface Attention {
  /** The bold cause. */
  cause: string;
  /** Plain evidence behind it; may be empty. */
  proof: string;
}

/** A crash is news for ten minutes; after that the red glyph alone says it. */
const freshFor = 10 * 60_000;
/** 130, 137, 143: ended by SIGINT, SIGKILL, SIGTERM, which is how `docker stop` and Ctrl-C end a program. */
const endedByRequest = new Set([130, 137, 143]);

export function needsAttention(view: ContainerView, evidence: AttentionEvidence | undefined, now: number): boolean {
  if (view.condition === 'restarting' || view.condition === 'unhealthy' || view.condition === 'dead') return true;
  if (view.condition !== 'failed' || view.since === undefined || now - view.since.at > freshFor) return false;
  return !endedByRequest.has(view.exitCode ?? 0) || evidence?.outOfMemory === true;
}

/** One sentence that explains the row, or nothing where nothing needs it. */
export function attentionOf(view: ContainerView, evidence: AttentionEvidence | undefined, now: number): Attention | undefined {
  if (!needsAttention(view, evidence, now)) return undefined;
  switch (view.condition) {
    case 'restarting':
      return { cause: restarts(evidence?.restartCount ?? 0), proof: `It ends with ${endingOf(view.exitCode, evidence)}.` };
    case 'unhealthy': {
      const streak = evidence?.failingStreak ?? 0;
      return { cause: streak > 1 ? `Health check failed ${streak} times.` : 'Health check failed.', proof: firstLine(evidence?.checkOutput ?? '') };
    }
    case 'dead':
      return { cause: 'The engine could not clean it up.', proof: 'Remove it to free its name and its files.' };
    default:
      return { cause: 'It just failed.', proof: `It ended with ${endingOf(view.exitCode, evidence)}.` };
  }
}

const ordinals = ['First', 'Second', 'Third', 'Fourth', 'Fifth', 'Sixth', 'Seventh', 'Eighth', 'Ninth', 'Tenth'];

function restarts(count: number): string {
  if (count <= 0) return 'It keeps restarting.';
  return count <= ordinals.length ? `${ordinals[count - 1]} restart.` : `${count} restarts.`;
}

const knownCodes: Record<number, string> = {
  125: 'the engine could not start it',
  126: 'its command cannot be run',
  127: 'its command was not found',
  134: 'it aborted',
  137: 'it was killed',
  139: 'it used memory that is not its own',
};

function endingOf(exitCode: number | undefined, evidence: AttentionEvidence | undefined): string {
  const code = exitCode ?? evidence?.exitCode ?? 0;
  if (evidence?.outOfMemory === true) {
    return `exit code ${code}: out of memory${evidence.memoryLimit > 0 ? ` at ${formatMemory(evidence.memoryLimit)}` : ''}`;
  }
  if (evidence !== undefined && evidence.error !== '') return `exit code ${code}: ${firstLine(evidence.error).replace(/\.$/, '')}`;
  const known = knownCodes[code];
  return known === undefined ? `exit code ${code}` : `exit code ${code}: ${known}`;
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0]?.trim() ?? '';
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
