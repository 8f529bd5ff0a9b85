import { ArrowDown, ArrowUp, CaseSensitive, Clock, Download, Regex, Table2, WrapText } from 'lucide-react';
import type { ReactNode, Ref } from 'react';
import { Button, IconButton } from '../../../components/controls/button.tsx';
import { FilterField } from '../../../components/controls/filter-field.tsx';
import { Select } from '../../../components/controls/select.tsx';
import { SubBar } from '../../../components/layout/page.tsx';
import { t } from '../../../i18n/i18n.ts';
import { formatNumber } from '../../../i18n/intl.ts';
import type { LineFilter, LogSession, Search } from './log-session.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** How lines are drawn. */
export interface LineLook {
  showsTime: boolean;
  isWrapped: boolean;
  hasColumns: boolean;
}

export interface LogToolsProps {
  search: Search;
  found: LogSession['found'];
  /** Index of the match that was gone to last. */
  current: number | undefined;
  filter: LineFilter;
  look: LineLook;
  sources: ReactNode;
  onSearch(search: Search): void;
  onStep(step: 1 | -1): void;
  onLeaveSearch(): void;
  onFilter(filter: LineFilter): void;
  onLook(look: LineLook): void;
  onSave(): void;
  ref?: Ref<HTMLInputElement>;
}

export function LogTools({ search, found, current, filter, look, sources, onSearch, onStep, onLeaveSearch, onFilter, onLook, onSave, ref }: LogToolsProps) {
  const hasNone = found === undefined || found.listed === 0;
  return (
    <SubBar label={t('logs:toolbar')} className="log-bar">
      <FilterField
        ref={ref}
        label={t('logs:search')}
        value={search.pattern}
        note={found === undefined ? undefined : noteOf(found, current)}
        aria-invalid={found?.error !== undefined}
        onValue={(pattern) => onSearch({ ...search, pattern })}
        onLeave={onLeaveSearch}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          onStep(event.shiftKey ? -1 : 1);
        }}
      />
      <span className="log-bar__group">
        <IconButton label={t('logs:previous')} keys="⇧↵" disabled={hasNone} onClick={() => onStep(-1)}>
          <ArrowUp {...icon} size={15} />
        </IconButton>
        <IconButton label={t('logs:next')} keys="↵" disabled={hasNone} onClick={() => onStep(1)}>
          <ArrowDown {...icon} size={15} />
        </IconButton>
        <IconButton label={t('logs:matchCase')} aria-pressed={search.matchCase} onClick={() => onSearch({ ...search, matchCase: !search.matchCase })}>
          <CaseSensitive {...icon} size={16} />
        </IconButton>
        <IconButton label={t('logs:expression')} aria-pressed={search.isExpression} onClick={() => onSearch({ ...search, isExpression: !search.isExpression })}>
          <Regex {...icon} />
        </IconButton>
      </span>
      {sources}
      <Select look="quiet" aria-label={t('logs:levels.label')} value={filter.level} onChange={(event) => onFilter({ ...filter, level: event.target.value as LineFilter['level'] })}>
        <option value="all">{t('logs:levels.all')}</option>
        <option value="warning">{t('logs:levels.warning')}</option>
        <option value="error">{t('logs:levels.error')}</option>
      </Select>
      <Select look="quiet" aria-label={t('logs:streams.label')} value={filter.stream} onChange={(event) => onFilter({ ...filter, stream: event.target.value as LineFilter['stream'] })}>
        <option value="all">{t('logs:streams.all')}</option>
        <option value="stdout">{t('logs:streams.stdout')}</option>
        <option value="stderr">{t('logs:streams.stderr')}</option>
      </Select>
      <span className="sub-bar__gap" />
      <Button kind="quiet" aria-pressed={look.showsTime} aria-label={t('logs:time')} icon={<Clock {...icon} />} onClick={() => onLook({ ...look, showsTime: !look.showsTime })}>
        {t('logs:time')}
      </Button>
      <Button kind="quiet" aria-pressed={look.isWrapped} aria-label={t('logs:wrap')} icon={<WrapText {...icon} />} onClick={() => onLook({ ...look, isWrapped: !look.isWrapped })}>
        {t('logs:wrap')}
      </Button>
      <Button kind="quiet" aria-pressed={look.hasColumns} aria-label={t('logs:columns')} icon={<Table2 {...icon} />} onClick={() => onLook({ ...look, hasColumns: !look.hasColumns })}>
        {t('logs:columns')}
      </Button>
      <IconButton label={t('logs:saveAll')} onClick={onSave}>
        <Download {...icon} />
      </IconButton>
    </SubBar>
  );
}

/** `3 of 1,204`; while it searches, what it has so far. */
function noteOf(found: NonNullable<LogSession['found']>, current: number | undefined): string {
  if (found.error !== undefined) return t('logs:badPattern');
  if (!found.isDone) return t('logs:searching', { all: found.count, share: Math.floor(found.share * 100) });
  if (found.count === 0) return t('logs:noHits');
  return current === undefined ? t('logs:hitCount', { count: found.count }) : t('logs:hits', { at: formatNumber(current + 1), all: found.count });
}
