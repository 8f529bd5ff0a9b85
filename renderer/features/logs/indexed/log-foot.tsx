import { ArrowDownToLine, CircleX, TriangleAlert } from 'lucide-react';
import { Button, LinkButton } from '../../../components/controls/button.tsx';
import { formatBytes } from '../../../format/bytes.ts';
import { sentences } from '../../../format/sentence.ts';
import { t } from '../../../i18n/i18n.ts';
import { Rich } from '../../../i18n/rich.tsx';
import type { LogSession } from './log-session.ts';

export interface LogFootProps {
  session: LogSession;
  isFollowing: boolean;
  /** Lines that have come since following ended. */
  newLines: number;
  rate: number;
  isRunning: boolean;
  onFollow(): void;
  onAgain(): void;
}

/** Bytes of a log whose errors are counted before anybody could read that they are being counted. */
const worthTelling = 4_000_000;

export function LogFoot({ session, isFollowing, newLines, rate, isRunning, onFollow, onAgain }: LogFootProps) {
  const { state, status, found } = session;
  const { Errors = 0, Warnings = 0, Bytes = 0, Counted = 1 } = state;
  return (
    <div className="log-foot numbers">
      <span>
        <Rich text="logs:count" values={{ count: session.total }} />
      </span>
      <span className="log-foot__kept">{t('logs:onDisk', { size: formatBytes(Bytes) })}</span>
      {Errors > 0 && (
        <span className="log-foot__count log-foot__count--error">
          <CircleX size={13} strokeWidth={1.75} aria-hidden="true" />
          {t('logs:errors', { count: Errors })}
        </span>
      )}
      {Warnings > 0 && (
        <span className="log-foot__count log-foot__count--warning">
          <TriangleAlert size={13} strokeWidth={1.75} aria-hidden="true" />
          {t('logs:warnings', { count: Warnings })}
        </span>
      )}
      {Counted < 0.995 && Bytes > worthTelling && <span className="log-foot__kept">{t('logs:counting', { share: Math.floor(Counted * 100) })}</span>}
      <span className="log-foot__gap" />
      {found?.error !== undefined && found.error !== '' && (
        <span className="cut isolated" role="alert">
          {sentences(found.error)}
        </span>
      )}
      {status.status === 'failed' && (
        <span className="cut isolated" role="alert">
          {sentences(status.failure.message)} <LinkButton onClick={onAgain}>{t('logs:again')}</LinkButton>
        </span>
      )}
      {!isRunning && status.status === 'live' && <span className="cut log-foot__kept">{t('logs:ended')}</span>}
      {rate > 0 && <span className="log-foot__rate">{t('logs:rate', { rate })}</span>}
      <Button
        size="small"
        className="button--follow"
        keys="F"
        aria-pressed={isFollowing}
        icon={<ArrowDownToLine size={13} strokeWidth={1.9} aria-hidden="true" />}
        onClick={onFollow}
      >
        {isFollowing ? t('logs:following') : newLines > 0 ? t('logs:newLines', { count: newLines }) : t('logs:follow')}
      </Button>
    </div>
  );
}
