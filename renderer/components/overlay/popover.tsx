import { Popover as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useOverlayRoot } from './overlay-root.ts';
import './overlay.css';

export interface PopoverProps {
  label: string;
  trigger: ReactNode;
  children: ReactNode;
  align?: 'start' | 'center' | 'end';
  /** With `onOpen`, where somebody else keeps whether it is open. */
  isOpen?: boolean;
  onOpen?(isOpen: boolean): void;
}

/** What belongs to a button and is more than a menu. `trigger` is the button; Escape and a press outside close it and give the focus back. */
export function Popover({ label, trigger, children, align = 'end', isOpen, onOpen }: PopoverProps) {
  const root = useOverlayRoot();
  return (
    <Radix.Root {...(isOpen === undefined ? {} : { open: isOpen })} {...(onOpen === undefined ? {} : { onOpenChange: onOpen })}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal container={root}>
        <Radix.Content className="popover" aria-label={label} align={align} sideOffset={6} collisionPadding={8} onKeyDown={(event) => event.stopPropagation()}>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
