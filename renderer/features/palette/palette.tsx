import {
  ArrowDownToLine, ChevronRight, Container, History, Keyboard, Layers, Pause, Play, Power, RotateCw, ScrollText, Search, Settings, Square, SquareTerminal, SunMoon, Trash2,
  type LucideIcon,
} from 'lucide-react';
import { Command } from 'cmdk';
import { useMemo, useState, type KeyboardEvent } from 'react';
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
  const [at, setAt] = useState('');
  const ranked = useMemo(() => rank(entriesFor(query, containers, images), query), [query, containers, images]);
  // The best row is the current one until another is moved to.
  const current = ranked.find(({ entry }) => entry.key === at) ?? ranked[0];

  function run(entry: PaletteEntry, keepOpen: boolean): void {
    // Closed first: what it runs may open a dialog of its own.
    if (!keepOpen) onClose();
    entry.run();
  }

  /** Arrows, Home, End and Enter are cmdk's. */
  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    const { selectionStart, selectionEnd } = event.currentTarget;
    if (event.key === 'Enter' && isMod(event) && current !== undefined) run(current.entry, current.entry.destructive !== true);
    else if (event.key.toLowerCase() === 'c' && isMod(event) && selectionStart === selectionEnd && current?.entry.command !== undefined) void navigator.clipboard.writeText(commandText(current.entry.command));
    else if (event.key.toLowerCase() === 'k' && isMod(event)) onClose();
    else return;
    event.preventDefault();
  }

  return (
    <Dialog title={t('palette:title')} size="palette" hideTitle onClose={onClose}>
      <Command label={t('palette:title')} shouldFilter={false} loop vimBindings={false} value={current?.entry.key ?? ''} onValueChange={setAt}>
        <div className="palette__input">
          <Search size={16} strokeWidth={1.75} aria-hidden="true" />
          <Command.Input
            data-first
            aria-label={t('palette:title')}
            placeholder={t('palette:placeholder')}
            value={query}
            onValueChange={(text) => {
              setQuery(text);
              setAt('');
            }}
            onKeyDown={onKeyDown}
          />
          <KeyCap chord="esc" />
        </div>
        <Command.List className="palette__list" label={t('palette:results')}>
          {(['actions', 'go', 'settings'] as const).map((group) => {
            const rows = ranked.filter(({ entry }) => entry.group === group);
            if (rows.length === 0) return null;
            return (
              <Command.Group key={group} heading={t(`palette:groups.${group}`)}>
                {rows.map((row) => (
                  <PaletteRow key={row.entry.key} row={row} isCurrent={row === current} onRun={() => run(row.entry, false)} />
                ))}
              </Command.Group>
            );
          })}
        </Command.List>
      </Command>
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

function PaletteRow({ row, isCurrent, onRun }: { row: RankedEntry; isCurrent: boolean; onRun(): void }) {
  const { entry, pieces } = row;
  const Icon = typeof entry.icon === 'string' ? icons[entry.icon] : entry.icon;
  const state = entry.container === undefined || entry.group !== 'actions' ? undefined : shownState(entry.container, undefined);
  return (
    <Command.Item className="palette__row" value={entry.key} onSelect={onRun}>
      <Icon size={15} strokeWidth={1.75} aria-hidden="true" />
      <span className="palette__label cut isolated">{pieces.map((piece, index) => (piece.hit ? <b key={index}>{piece.text}</b> : piece.text))}</span>
      {state !== undefined && isCurrent && <StateLabel shape={state.shape} word={state.word} />}
      {entry.note !== '' && <span className="palette__note cut isolated">{entry.note}</span>}
      {isCurrent && <KeyCap chord="enter" />}
    </Command.Item>
  );
}
