import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { KeyCap } from '../controls/key-cap.tsx';
import './overlay.css';

export interface MenuItem {
  label: string;
  icon?: ReactNode;
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
  /** A line above it. */
  divided?: boolean;
  pick(): void;
}

export interface MenuAnchor {
  x: number;
  y: number;
}

/**
 * A menu in the top layer at a point. Opens with focus on its first item; arrows move, Home and End jump, a press
 * outside or Escape closes and gives the focus back.
 */
export function Menu({ label, anchor, items, onClose }: { label: string; anchor: MenuAnchor; items: readonly MenuItem[]; onClose(): void }) {
  const menu = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = menu.current;
    if (element === null) return;
    const before = document.activeElement;
    element.showPopover();
    const box = element.getBoundingClientRect();
    element.style.left = `${Math.max(8, Math.min(anchor.x, innerWidth - box.width - 8))}px`;
    element.style.top = `${Math.max(8, anchor.y + box.height > innerHeight - 8 ? anchor.y - box.height : anchor.y)}px`;
    element.querySelector<HTMLElement>('[role=menuitem]:not(:disabled)')?.focus();
    const onToggle = (event: Event): void => {
      if ((event as ToggleEvent).newState === 'closed') onClose();
    };
    element.addEventListener('toggle', onToggle);
    return () => {
      element.removeEventListener('toggle', onToggle);
      if (before instanceof HTMLElement && before.isConnected && element.contains(document.activeElement)) before.focus();
    };
    // The menu is made anew for every opening; it neither moves nor changes while it is open.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  function move(event: KeyboardEvent): void {
    event.stopPropagation();
    const buttons = [...(menu.current?.querySelectorAll<HTMLElement>('[role=menuitem]:not(:disabled)') ?? [])];
    const index = buttons.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: -1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      buttons.at(next % buttons.length)?.focus();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      onClose();
    }
  }

  return (
    <div ref={menu} className="menu" role="menu" aria-label={label} popover="auto" onKeyDown={move} onClick={(event) => event.stopPropagation()}>
      {items.map((item) => (
        <div key={item.label} role="none">
          {item.divided === true && <hr />}
          <button
            type="button"
            role="menuitem"
            className={`menu__item${item.danger === true ? ' menu__item--danger' : ''}`}
            disabled={item.disabled}
            onClick={() => {
              onClose();
              item.pick();
            }}
          >
            {item.icon}
            <span>{item.label}</span>
            {item.keys !== undefined && <KeyCap chord={item.keys} />}
          </button>
        </div>
      ))}
    </div>
  );
}
