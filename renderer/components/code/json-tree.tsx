import { ChevronRight } from 'lucide-react';
import { useRef, useState, type KeyboardEvent } from 'react';
import { t } from '../../i18n/i18n.ts';
import { RowList, type RowListHandle } from '../layout/row-list.tsx';
import { jsonLines, type JsonLine } from './json-lines.ts';
import './code.css';

/** JSON as a tree: arrows move, fold and unfold; long ones draw only what is in view. Values are hostile text and stay text. */
export function JsonTree({ label, value, openDepth = 1, onActive }: { label: string; value: unknown; openDepth?: number; onActive?(path: string): void }) {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [activePath, setActivePath] = useState('');
  const tree = useRef<HTMLDivElement>(null);
  const list = useRef<RowListHandle>(null);
  const lines = jsonLines(value, (path, depth) => toggled.has(path) !== depth < openDepth);
  const active = lines.find(({ path }) => path === activePath) ?? lines[0];

  function toggle(path: string): void {
    const next = new Set(toggled);
    if (!next.delete(path)) next.add(path);
    setToggled(next);
  }

  function focused(path: string): void {
    setActivePath(path);
    onActive?.(path);
  }

  function activate(index: number): void {
    const line = lines[Math.max(0, Math.min(lines.length - 1, index))];
    if (line === undefined) return;
    focused(line.path);
    list.current?.scrollTo(lines.indexOf(line));
    requestAnimationFrame(() => tree.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(line.path)}"]`)?.focus());
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (active === undefined || event.metaKey || event.ctrlKey || event.altKey) return;
    const index = lines.indexOf(active);
    if (event.key === 'ArrowDown') activate(index + 1);
    else if (event.key === 'ArrowUp') activate(index - 1);
    else if (event.key === 'Home') activate(0);
    else if (event.key === 'End') activate(lines.length - 1);
    else if (event.key === 'ArrowRight' && active.isOpen === false) toggle(active.path);
    else if (event.key === 'ArrowRight') activate(index + 1);
    else if (event.key === 'ArrowLeft' && active.isOpen === true) toggle(active.path);
    else if (event.key === 'ArrowLeft') activate(lines.findLastIndex((line, at) => at < index && line.depth < active.depth));
    else if ((event.key === 'Enter' || event.key === ' ') && active.isOpen !== undefined) toggle(active.path);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div className="json-tree" role="tree" aria-label={label} ref={tree} onKeyDown={onKeyDown} data-region="list">
      <RowList items={lines} keyOf={({ path }) => path} heightOf={() => 24} ref={list}>
        {(line) => <Line line={line} isActive={line === active} onToggle={() => toggle(line.path)} onFocus={() => focused(line.path)} />}
      </RowList>
    </div>
  );
}

function Line({ line, isActive, onToggle, onFocus }: { line: JsonLine; isActive: boolean; onToggle(): void; onFocus(): void }) {
  return (
    <div
      className="json-tree__line"
      role="treeitem"
      aria-level={line.depth + 1}
      aria-expanded={line.isOpen}
      aria-selected={isActive}
      tabIndex={isActive ? 0 : -1}
      data-path={line.path}
      style={{ paddingLeft: 12 + line.depth * 16 }}
      onClick={line.isOpen === undefined ? undefined : onToggle}
      onFocus={onFocus}
    >
      {line.isOpen === undefined ? <span className="json-tree__gap" /> : <ChevronRight size={13} strokeWidth={1.75} aria-hidden="true" />}
      {line.name !== undefined && <span className="code__key isolated">{line.name}</span>}
      {line.isOpen === undefined ? <span className={`code__${line.kind} selectable isolated`}>{line.text}</span> : <small>{line.kind === 'list' ? t('common:entries', { count: line.size }) : t('common:fields', { count: line.size })}</small>}
    </div>
  );
}
