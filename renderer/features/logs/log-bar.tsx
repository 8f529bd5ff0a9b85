import { ArrowDown, ArrowUp, CaseSensitive, Clock, Download, WrapText } from 'lucide-react';
import type { Ref } from 'react';
import { Button, IconButton } from '../../components/controls/button.tsx';
import { FilterField } from '../../components/controls/filter-field.tsx';
import { Select } from '../../components/controls/select.tsx';
import { SubBar } from '../../components/layout/page.tsx';
import { isHitLimit, type LevelFilter } from './log-buffer.ts';
import { t } from '../../i18n/i18n.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export interface LogBarProps {
  query: string;
  matchCase: boolean;
  hitCount: number;
  currentHit: number;
  level: LevelFilter;
  showsTime: boolean;
  isWrapped: boolean;
  onFind(query: string, matchCase: boolean): void;
  onStep(step: 1 | -1): void;
  onLeaveSearch(): void;
  onLevel(level: LevelFilter): void;
  onTime(): void;
  onWrap(): void;
  onSave(): void;
  ref?: Ref<HTMLInputElement>;
}

export function LogBar(props: LogBarProps) {
  const { query, matchCase, hitCount, currentHit, level, showsTime, isWrapped, ref } = props;
  const note = query === '' ? undefined : hitCount === 0 ? t('logs:noHits') : t(isHitLimit(hitCount) ? 'logs:hitsAtLeast' : 'logs:hits', { at: currentHit + 1, all: hitCount });
  return (
    <SubBar label={t('logs:toolbar')} className="log-bar">
      <FilterField
        ref={ref}
        label={t('logs:search')}
        value={query}
        note={note}
        onValue={(next) => props.onFind(next, matchCase)}
        onLeave={props.onLeaveSearch}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          props.onStep(event.shiftKey ? -1 : 1);
        }}
      />
      <IconButton label={t('logs:previous')} keys="⇧↵" disabled={hitCount === 0} onClick={() => props.onStep(-1)}>
        <ArrowUp {...icon} size={15} />
      </IconButton>
      <IconButton label={t('logs:next')} keys="↵" disabled={hitCount === 0} onClick={() => props.onStep(1)}>
        <ArrowDown {...icon} size={15} />
      </IconButton>
      <IconButton label={t('logs:matchCase')} aria-pressed={matchCase} onClick={() => props.onFind(query, !matchCase)}>
        <CaseSensitive {...icon} size={16} />
      </IconButton>
      <Select look="quiet" aria-label={t('logs:levels.label')} value={level} onChange={(event) => props.onLevel(event.target.value as LevelFilter)}>
        <option value="all">{t('logs:levels.all')}</option>
        <option value="warning">{t('logs:levels.warning')}</option>
        <option value="error">{t('logs:levels.error')}</option>
      </Select>
      <span className="sub-bar__gap" />
      <Button kind="quiet" aria-pressed={showsTime} aria-label={t('logs:time')} icon={<Clock {...icon} />} onClick={props.onTime}>
        {t('logs:time')}
      </Button>
      <Button kind="quiet" aria-pressed={isWrapped} aria-label={t('logs:wrap')} icon={<WrapText {...icon} />} onClick={props.onWrap}>
        {t('logs:wrap')}
      </Button>
      <IconButton label={t('logs:save')} onClick={props.onSave}>
        <Download {...icon} />
      </IconButton>
    </SubBar>
  );
}
