import { DropdownMenu } from 'radix-ui';
import { useRef, useState, type ReactNode } from 'react';
import { KeyCap } from '../controls/key-cap.tsx';
import { useOverlayRoot } from './overlay-root.ts';
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

/** Pixels, as in overlay.css: what the menu keeps from the window's edge, and how high it becomes. */
const edge = 8;
const heightOf = (items: readonly MenuItem[]): number => 10 + items.reduce((sum, { divided }) => sum + (divided === true ? 37 : 28), 0);

/** A menu at a point: a context menu, or that of a button whose corner is given. Radix brings arrows, letters, Escape and the way back of the focus. */
export function Menu({ label, anchor, items, onClose }: { label: string; anchor: MenuAnchor; items: readonly MenuItem[]; onClose(): void }) {
  const [before] = useState(() => document.activeElement);
  // Where a menu fits neither below nor above its point, it moves up as those of the platform do, and loses no item.
  const top = Math.max(edge, Math.min(anchor.y, innerHeight - heightOf(items) - edge));
  const giveBack = (): void => void (before instanceof HTMLElement && before.isConnected && before.focus({ preventScroll: true }));
  return (
    <DropdownMenu.Root open modal={false} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DropdownMenu.Trigger asChild>
        <span className="menu-anchor" style={{ left: anchor.x, top }} aria-hidden="true" />
      </DropdownMenu.Trigger>
      <MenuContent label={label} items={items} giveBack={giveBack} />
    </DropdownMenu.Root>
  );
}

/** A button that opens a menu below it; `children` is the button. */
export function MenuButton({ label, items, children }: { label: string; items: readonly MenuItem[]; children: ReactNode }) {
  const trigger = useRef<HTMLButtonElement>(null);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild ref={trigger}>
        {children}
      </DropdownMenu.Trigger>
      <MenuContent label={label} items={items} align="end" giveBack={() => trigger.current?.focus()} />
    </DropdownMenu.Root>
  );
}

/** @param giveBack puts the focus where it was: before an item acts, so that a dialog that it opens knows where to return to. */
function MenuContent({ label, items, align = 'start', giveBack }: { label: string; items: readonly MenuItem[]; align?: 'start' | 'end'; giveBack(): void }) {
  const root = useOverlayRoot();
  return (
    <DropdownMenu.Portal container={root}>
      <DropdownMenu.Content className="menu" aria-label={label} align={align} sideOffset={2} collisionPadding={8} loop onCloseAutoFocus={(event) => event.preventDefault()} onEscapeKeyDown={giveBack} onKeyDown={(event) => event.stopPropagation()} onClick={(event) => event.stopPropagation()}>
        {items.map((item) => (
          <MenuRow key={item.label} item={item} giveBack={giveBack} />
        ))}
      </DropdownMenu.Content>
    </DropdownMenu.Portal>
  );
}

function MenuRow({ item, giveBack }: { item: MenuItem; giveBack(): void }) {
  return (
    <>
      {item.divided === true && <DropdownMenu.Separator className="menu__line" />}
      <DropdownMenu.Item className={`menu__item${item.danger === true ? ' menu__item--danger' : ''}`} disabled={item.disabled === true} onSelect={() => {
          giveBack();
          item.pick();
        }}>
        {item.icon !== undefined && <span className="menu__icon">{item.icon}</span>}
        <span>{item.label}</span>
        {item.keys !== undefined && <KeyCap chord={item.keys} />}
      </DropdownMenu.Item>
    </>
  );
}
