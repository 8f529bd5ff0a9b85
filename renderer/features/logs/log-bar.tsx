import { ArrowDown, ArrowUp, CaseSensitive, Clock, Download, WrapText } from 'lucide-react';
import type { Ref } from 'react';
import { Button, IconButton } from '../../components/controls/button.tsx';
import { FilterField } from '../../components/controls/filter-field.tsx';
import { Select } from '../../components/controls/select.tsx';
import { SubBar } from '../../components/layout/page.tsx';
import { isHitLimit, type LevelFilter } from './log-buffer.ts';
import { text } from './text.ts';

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
  const note = query === '' ? undefined : hitCount === 0 ? text.noHits : text.hits(currentHit + 1, hitCount, isHitLimit(hitCount));
  return (
    <SubBar label={text.toolbar} className="log-bar">
      <FilterField
        ref={ref}
        label={text.search}
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
      <IconButton label={text.previous} keys="⇧↵" disabled={hitCount === 0} onClick={() => props.onStep(-1)}>
        <ArrowUp {...icon} size={15} />
      </IconButton>
      <IconButton label={text.next} keys="↵" disabled={hitCount === 0} onClick={() => props.onStep(1)}>
        <ArrowDown {...icon} size={15} />
      </IconButton>
      <IconButton label={text.matchCase} aria-pressed={matchCase} onClick={() => props.onFind(query, !matchCase)}>
        <CaseSensitive {...icon} size={16} />
      </IconButton>
      <Select look="quiet" aria-label={text.levels.label} value={level} onChange={(event) => props.onLevel(event.target.value as LevelFilter)}>
        <option value="all">{text.levels.all}</option>
        <option value="warning">{text.levels.warning}</option>
        <option value="error">{text.levels.error}</option>
      </Select>
      <span className="sub-bar__gap" />
      <Button kind="quiet" aria-pressed={showsTime} aria-label={text.time} icon={<Clock {...icon} />} onClick={props.onTime}>
        {text.time}
      </Button>
      <Button kind="quiet" aria-pressed={isWrapped} aria-label={text.wrap} icon={<WrapText {...icon} />} onClick={props.onWrap}>
        {text.wrap}
      </Button>
      <IconButton label={text.save} onClick={props.onSave}>
        <Download {...icon} />
      </IconButton>
    </SubBar>
  );
}
