import { t } from '../../i18n/i18n.ts';
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
      return { cause: restarts(evidence?.restartCount ?? 0), proof: t('common:attention.endsWith', { ending: endingOf(view.exitCode, evidence) }) };
    case 'unhealthy': {
      const streak = evidence?.failingStreak ?? 0;
      return { cause: t('common:attention.check', { count: Math.max(1, streak) }), proof: firstLine(evidence?.checkOutput ?? '') };
    }
    case 'dead':
      return { cause: t('common:attention.dead'), proof: t('common:attention.deadBody') };
    default:
      return { cause: t('common:attention.failed'), proof: t('common:attention.endedWith', { ending: endingOf(view.exitCode, evidence) }) };
  }
}

function restarts(count: number): string {
  return count <= 0 ? t('common:attention.keepsRestarting') : t('common:attention.restarts', { count });
}

const knownCodes: readonly number[] = [125, 126, 127, 134, 137, 139] satisfies KnownCode[];
type KnownCode = 125 | 126 | 127 | 134 | 137 | 139;

function endingOf(exitCode: number | undefined, evidence: AttentionEvidence | undefined): string {
  const code = exitCode ?? evidence?.exitCode ?? 0;
  if (evidence?.outOfMemory === true) {
    return because(code, evidence.memoryLimit > 0 ? t('common:attention.oomAt', { limit: formatMemory(evidence.memoryLimit) }) : t('common:attention.oom'));
  }
  if (evidence !== undefined && evidence.error !== '') return because(code, firstLine(evidence.error).replace(/\.$/, ''));
  return knownCodes.includes(code) ? because(code, t(`common:attention.codes.c${code as KnownCode}`)) : t('common:attention.exit', { code });
}

const because = (code: number, cause: string): string => t('common:attention.exitBecause', { code, cause });

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0]?.trim() ?? '';
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
