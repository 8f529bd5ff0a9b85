import {
  ArrowDownToLine, ChevronRight, Container, History, Keyboard, Layers, Pause, Play, Power, RotateCw, ScrollText, Search, Settings, Square, SquareTerminal, SunMoon, Trash2,
  type LucideIcon,
} from 'lucide-react';
import { useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { KeyCap } from '../../components/controls/key-cap.tsx';
import { StateLabel } from '../../components/drawing/state-label.tsx';
import { Dialog } from '../../components/overlay/dialog.tsx';
import { commandText } from '../../format/engine/docker-command.ts';
import { isMod } from '../../format/keys.ts';
import { shownState } from '../../format/engine/row-state.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { useImages } from '../../stores/images.ts';
import { entriesFor, type EntryIcon, type PaletteEntry } from './entries.ts';
import { rank, type RankedEntry } from './ranking.ts';
import { t } from '../../i18n/i18n.ts';
import './palette.css';

const icons: Record<EntryIcon, LucideIcon> = {
  start: Play, stop: Square, restart: RotateCw, pause: Pause, remove: Trash2, run: Play, pull: ArrowDownToLine, container: Container, image: Layers, logs: ScrollText,
  terminal: SquareTerminal, settings: Settings, history: History, keys: Keyboard, theme: SunMoon, power: Power,
};

/** Everything the window can do or show, by its name; the foot shows the command that the highlighted row would run. */
export function Palette({ onClose }: { onClose(): void }) {
  const containers = useContainers((state) => state.containers);
  const images = useImages((state) => state.images);
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const ranked = useMemo(() => rank(entriesFor(query, containers, images), query), [query, containers, images]);
  const current = ranked[Math.min(at, ranked.length - 1)];

  function move(step: number): void {
    if (ranked.length === 0) return;
    const next = (Math.min(at, ranked.length - 1) + step + ranked.length) % ranked.length;
    setAt(next);
    list.current?.querySelectorAll('[role=option]')[next]?.scrollIntoView({ block: 'nearest' });
  }

  function run(entry: PaletteEntry, keepOpen: boolean): void {
    // Closed first: what it runs may open a dialog of its own.
    if (!keepOpen) onClose();
    entry.run();
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    const { selectionStart, selectionEnd } = event.currentTarget;
    if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'Enter' && current !== undefined) run(current.entry, isMod(event) && current.entry.destructive !== true);
    else if (event.key.toLowerCase() === 'c' && isMod(event) && selectionStart === selectionEnd && current?.entry.command !== undefined) void navigator.clipboard.writeText(commandText(current.entry.command));
    else if (event.key.toLowerCase() === 'k' && isMod(event)) onClose();
    else return;
    event.preventDefault();
  }

  return (
    <Dialog title={t('palette:title')} size="palette" hideTitle onClose={onClose}>
      <div className="palette__input">
        <Search size={16} strokeWidth={1.75} aria-hidden="true" />
        <input
          data-first
          role="combobox"
          aria-label={t('palette:title')}
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={current === undefined ? undefined : `${id}-${current.entry.key}`}
          placeholder={t('palette:placeholder')}
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <KeyCap chord="esc" />
      </div>
      <div className="palette__list" id={`${id}-list`} role="listbox" aria-label={t('palette:results')} ref={list}>
        {(['actions', 'go', 'settings'] as const).map((group) => {
          const rows = ranked.filter(({ entry }) => entry.group === group);
          if (rows.length === 0) return null;
          return (
            <div key={group} role="group" aria-label={t(`palette:groups.${group}`)}>
              <span className="palette__group" aria-hidden="true">
                {t(`palette:groups.${group}`)}
              </span>
              {rows.map((row) => (
                <PaletteRow key={row.entry.key} id={`${id}-${row.entry.key}`} row={row} isCurrent={row === current} onHover={() => setAt(ranked.indexOf(row))} onRun={() => run(row.entry, false)} />
              ))}
            </div>
          );
        })}
      </div>
      {ranked.length === 0 && <p className="palette__nothing isolated">{t('palette:nothing', { query: query.trim() })}</p>}
      <div className="palette__foot">
        <ChevronRight size={13} strokeWidth={2} aria-hidden="true" />
        {current?.entry.command === undefined ? <span className="cut">{t('palette:noCommand')}</span> : <code className="cut isolated">{commandText(current.entry.command)}</code>}
        {current?.entry.command !== undefined && (
          <span className="palette__key">
            <KeyCap chord="mod+C" /> {t('palette:copy')}
          </span>
        )}
        <span className="palette__key">
          <KeyCap chord="mod+enter" /> {t('palette:keepOpen')}
        </span>
      </div>
    </Dialog>
  );
}

function PaletteRow({ id, row, isCurrent, onHover, onRun }: { id: string; row: RankedEntry; isCurrent: boolean; onHover(): void; onRun(): void }) {
  const { entry, pieces } = row;
  const Icon = typeof entry.icon === 'string' ? icons[entry.icon] : entry.icon;
  const state = entry.container === undefined || entry.group !== 'actions' ? undefined : shownState(entry.container, undefined);
  return (
    <div id={id} className="palette__row" role="option" aria-selected={isCurrent} onMouseMove={isCurrent ? undefined : onHover} onClick={onRun}>
      <Icon size={15} strokeWidth={1.75} aria-hidden="true" />
      <span className="palette__label cut isolated">{pieces.map((piece, index) => (piece.hit ? <b key={index}>{piece.text}</b> : piece.text))}</span>
      {state !== undefined && isCurrent && <StateLabel shape={state.shape} word={state.word} />}
      {entry.note !== '' && <span className="palette__note cut isolated">{entry.note}</span>}
      {isCurrent && <KeyCap chord="enter" />}
    </div>
  );
}
