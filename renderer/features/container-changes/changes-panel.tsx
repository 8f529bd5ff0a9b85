import { ChevronDown, ChevronRight, Minus, PencilLine, Plus, RotateCw } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { Button, IconButton, LinkButton } from '../../components/controls/button.tsx';
import { FilterField } from '../../components/controls/filter-field.tsx';
import { Notice } from '../../components/layout/notice.tsx';
import { RowList, type RowListHandle } from '../../components/layout/row-list.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import type { ContainerView } from '../../format/engine/container.ts';
import { hasNoModifier } from '../../format/keys.ts';
import { plainName } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { containerChanges } from '../../stores/containers/changes.ts';
import { changeRows, countByKind, type Change, type ChangeRow } from './change-tree.ts';
import './changes.css';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;
const kinds = ['changed', 'added', 'deleted'] as const;
const signs = [PencilLine, Plus, Minus] as const;

/** What the container's files differ in from its image. */
export default function ChangesPanel({ view: { id, name } }: { view: ContainerView }) {
  const [state, setState] = useState<{ changes?: readonly Change[]; failure?: string }>({});
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [filter, setFilter] = useState('');
  const [activePath, setActivePath] = useState<string>();
  const tree = useRef<HTMLDivElement>(null);
  const list = useRef<RowListHandle>(null);

  const read = useCallback(
    () =>
      containerChanges(id).then(
        (changes) => setState({ changes }),
        (error: unknown) => setState({ failure: (error as Error).message }),
      ),
    [id],
  );
  useEffect(() => {
    void read();
  }, [read]);

  const { changes, failure } = state;
  const rows = useMemo(() => changeRows(changes ?? [], toggled, filter), [changes, toggled, filter]);
  const active = rows.find(({ path }) => path === activePath) ?? rows[0];

  if (failure !== undefined) {
    return (
      <Notice title={t('changes:notRead')} action={<Button onClick={() => void read()}>{t('common:again')}</Button>}>
        <p>{failure}</p>
      </Notice>
    );
  }
  if (changes === undefined) return <SkeletonRows label={t('changes:reading')} />;

  function toggle(path: string): void {
    setToggled((before) => {
      const after = new Set(before);
      if (!after.delete(path)) after.add(path);
      return after;
    });
  }

  function activate(index: number): void {
    const at = Math.max(0, Math.min(rows.length - 1, index));
    const row = rows[at];
    if (row === undefined) return;
    setActivePath(row.path);
    list.current?.scrollTo(at);
    requestAnimationFrame(() => tree.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(row.path)}"]`)?.focus());
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (active === undefined || !hasNoModifier(event)) return;
    const index = rows.indexOf(active);
    const targets: Record<string, number> = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rows.length - 1, PageDown: index + 10, PageUp: index - 10 };
    const target = targets[event.key];
    if (target !== undefined) activate(target);
    else if (event.key === 'ArrowRight' && active.below > 0) {
      if (active.isOpen) activate(index + 1);
      else toggle(active.path);
    } else if (event.key === 'ArrowLeft') {
      if (active.isOpen) toggle(active.path);
      else activate(rows.findIndex(({ path }) => active.path.startsWith(`${path}/`) && active.path.lastIndexOf('/') === path.length));
    } else if (event.key === 'Enter' && active.below > 0) toggle(active.path);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const counts = countByKind(changes);
  return (
    <div className="changes">
      <div className="changes__bar" role="toolbar" aria-label={t('changes:tools')} data-region="sub">
        <p className="numbers">
          {changes.length === 0 ? t('changes:none') : ([1, 0, 2] as const).map((kind) => <span key={kind}>{t(`changes:counts.${kinds[kind]}`, { count: counts[kind] })}</span>)}
        </p>
        <FilterField label={t('changes:filter')} value={filter} onValue={setFilter} keys="/" />
        <IconButton label={t('common:readAgain')} onClick={() => void read()}>
          <RotateCw {...icon} />
        </IconButton>
      </div>
      <p className="changes__note">{t('changes:note')}</p>
      {rows.length > 0 && (
        <div ref={tree} className="changes__tree" role="tree" aria-label={t('changes:list', { name })} data-region="list" onKeyDown={onKeyDown}>
          <RowList items={rows} keyOf={(row) => row.path} heightOf={() => 28} ref={list}>
            {(row) => <ChangeLine row={row} isActive={row === active} onToggle={() => toggle(row.path)} onFocus={() => setActivePath(row.path)} />}
          </RowList>
        </div>
      )}
      {rows.length === 0 && filter !== '' && (
        <p className="one-line isolated" role="status">
          {t('changes:noMatch', { filter })} <LinkButton onClick={() => setFilter('')}>{t('common:clearFilter')}</LinkButton>
        </p>
      )}
    </div>
  );
}

function ChangeLine({ row, isActive, onToggle, onFocus }: { row: ChangeRow; isActive: boolean; onToggle(): void; onFocus(): void }) {
  const Sign = signs[row.kind];
  const word = t(`changes:kinds.${kinds[row.kind]}`);
  return (
    <div
      className={`change-row change-row--${kinds[row.kind]}`}
      role="treeitem"
      aria-level={row.level}
      {...(row.below > 0 ? { 'aria-expanded': row.isOpen } : {})}
      aria-selected={isActive}
      tabIndex={isActive ? 0 : -1}
      data-key={row.path}
      onFocus={onFocus}
      onClick={() => row.below > 0 && onToggle()}
    >
      <span className="change-row__indent" style={{ width: (Math.min(row.level, 12) - 1) * 18 }} />
      <span className="change-row__fold">{row.below > 0 && (row.isOpen ? <ChevronDown {...icon} /> : <ChevronRight {...icon} />)}</span>
      <span className="change-row__sign">
        <Sign size={13} strokeWidth={2} aria-hidden="true" />
      </span>
      <span className="change-row__name cut isolated selectable">{plainName(row.name)}</span>
      <span className="change-row__word">{word}</span>
      {row.below > 0 && <small className="numbers">{t('changes:below', { count: row.below })}</small>}
    </div>
  );
}
