import { Tooltip as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useOverlayRoot } from './overlay-root.ts';
import './overlay.css';

/** Once, around the window: the second tooltip in a row comes without a wait. */
export function TooltipRoom({ children }: { children: ReactNode }) {
  return (
    <Radix.Provider delayDuration={400} skipDelayDuration={200}>
      {children}
    </Radix.Provider>
  );
}

/** Words beside a control, on hover and on focus. Never the only place of a fact: what they say is in the control's name as well. */
export function Tooltip({ text, children }: { text: ReactNode; children: ReactNode }) {
  const root = useOverlayRoot();
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal container={root}>
        <Radix.Content className="tooltip" sideOffset={5} collisionPadding={8}>
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
