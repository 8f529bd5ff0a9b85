import { ChevronDown, ChevronRight, CircleX, Copy, ListFilter, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import { Button } from '../../../components/controls/button.tsx';
import { formatLogTime, levelLetters } from '../../../format/log/log-line.ts';
import { t } from '../../../i18n/i18n.ts';
import { AnsiText } from '../ansi-text.tsx';
import type { LogHit } from '../log-search.ts';
import { cellText, isMessage, jsonOf, traceOf, type JsonLine } from './json-line.ts';
import type { ShownLine } from './log-session.ts';

export interface LogRowProps {
  line: ShownLine;
  /** What its container is called here; undefined when there is only one. */
  source: string | undefined;
  hits: readonly LogHit[];
  isNow: boolean;
  isOpen: boolean;
  showsTime: boolean;
  columns: readonly string[] | undefined;
  onToggle(line: ShownLine): void;
  onOnly(text: string): void;
}

const icon = { size: 12, strokeWidth: 1.9, 'aria-hidden': true } as const;

export const LogRow = memo(function LogRow({ line, source, hits, isNow, isOpen, showsTime, columns, onToggle, onOnly }: LogRowProps) {
  const json = jsonOf(line);
  const { level } = line;
  return (
    <>
      <div className={['log-line', level !== undefined && `log-line--${level}`, isNow && 'log-line--now', !line.readable && 'log-line--torn'].filter(Boolean).join(' ')}>
        {showsTime && <span className="log-line__time">{line.time === 0 ? '' : formatLogTime(line.time)}</span>}
        {source !== undefined && (
          <span className="log-line__source">
            <i className={`log-mark log-mark--${line.source % 6}`} aria-hidden="true" />
            <span className="cut isolated">{source}</span>
          </span>
        )}
        <span className="log-line__level">
          {level === undefined ? (line.stderr ? t('logs:stderr') : '') : levelLetters[level]}
          {level === 'warning' && <TriangleAlert {...icon} />}
          {level === 'error' && <CircleX {...icon} />}
        </span>
        {json !== undefined && (
          <button type="button" className="log-line__fold" aria-expanded={isOpen} aria-label={t('logs:fields')} tabIndex={-1} onClick={() => onToggle(line)}>
            {isOpen ? <ChevronDown {...icon} /> : <ChevronRight {...icon} />}
          </button>
        )}
        {columns !== undefined && json !== undefined ? (
          columns.map((key) => (
            <span key={key} className={`log-line__cell cut${isMessage(key) ? ' log-line__cell--message' : ''}`}>
              {cellText(json[key])}
            </span>
          ))
        ) : (
          <span className="log-line__text">
            <AnsiText raw={line.raw} length={line.text.length} hits={hits} now={isNow ? 0 : undefined} />
          </span>
        )}
      </div>
      {isOpen && json !== undefined && <Fields json={json} text={line.text} onOnly={onOnly} />}
    </>
  );
});

/** The fields of a JSON line below it. */
function Fields({ json, text, onOnly }: { json: JsonLine; text: string; onOnly(text: string): void }) {
  const trace = traceOf(json);
  return (
    <div className="log-fields">
      <dl>
        {Object.entries(json).map(([key, value]) => (
          <div key={key}>
            <dt className="cut isolated">{key}</dt>
            <dd className={`log-fields__${value === null ? 'keyword' : typeof value}`}>{typeof value === 'string' ? `"${value}"` : JSON.stringify(value)}</dd>
          </div>
        ))}
      </dl>
      <span className="log-fields__actions">
        {trace !== undefined && (
          <Button kind="quiet" size="small" icon={<ListFilter {...icon} />} onClick={() => onOnly(trace)}>
            {t('logs:onlyTrace')}
          </Button>
        )}
        <Button kind="quiet" size="small" icon={<Copy {...icon} />} onClick={() => void navigator.clipboard.writeText(text)}>
          {t('logs:copyLine')}
        </Button>
      </span>
    </div>
  );
}
