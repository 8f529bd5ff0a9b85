import { Popover as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useOverlayRoot } from './overlay-root.ts';
import './overlay.css';

/** What belongs to a button and is more than a menu. `trigger` is the button; Escape and a press outside close it and give the focus back. */
export function Popover({ label, trigger, children, align = 'end' }: { label: string; trigger: ReactNode; children: ReactNode; align?: 'start' | 'center' | 'end' }) {
  const root = useOverlayRoot();
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal container={root}>
        <Radix.Content className="popover" aria-label={label} align={align} sideOffset={6} collisionPadding={8} onKeyDown={(event) => event.stopPropagation()}>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
