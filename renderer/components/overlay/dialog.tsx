import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Button } from '../controls/button.tsx';
import { isMod } from '../../format/keys.ts';
import { OverlayRoot } from './overlay-root.ts';
import './overlay.css';

export interface DialogProps {
  title: string;
  size?: 'normal' | 'wide' | 'palette';
  /** Says nothing of the title on screen, only to screen readers. */
  hideTitle?: boolean;
  onClose(): void;
  /** The chord that confirms a loss (Ctrl/⌘ with Backspace or Delete), shown in the button's cap. */
  onConfirm?(): void;
  children: ReactNode;
}

/**
 * A modal of the platform, not Radix's: that one injects a style sheet, which the window's content security policy forbids. Focus is trapped, the rest is inert, Escape closes, and focus returns where it was. The first
 * element with `autoFocus` (or `data-first`) gets it.
 */
export function Dialog({ title, size = 'normal', hideTitle = false, onClose, onConfirm, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [root, setRoot] = useState<HTMLElement | null>(null);

  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    const before = document.activeElement;
    element.showModal();
    setRoot(element);
    element.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => {
      element.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      className={`dialog dialog--${size}`}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (onConfirm !== undefined && isMod(event) && (event.key === 'Backspace' || event.key === 'Delete')) onConfirm();
      }}
      onMouseDown={(event) => {
        // Only the backdrop itself: the dialog's own box never gets a press that a child did not.
        if (event.target === dialog.current && isOutside(event.nativeEvent, dialog.current)) onClose();
      }}
    >
      <OverlayRoot value={root}>
        {!hideTitle && <h2>{title}</h2>}
        {children}
      </OverlayRoot>
    </dialog>
  );
}

function isOutside(event: MouseEvent, element: HTMLElement): boolean {
  const box = element.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

export function DialogBody({ children }: { children: ReactNode }) {
  return <div className="dialog__body">{children}</div>;
}

/** The command that the confirming button would run. */
export function DialogCommand({ children }: { children: ReactNode }) {
  return <code className="dialog__command selectable isolated">{children}</code>;
}

export function DialogFoot({ children }: { children: ReactNode }) {
  return <div className="dialog__foot">{children}</div>;
}

export interface ConfirmDialogProps {
  /** Asks, with the count: `Remove 2 volumes?` */
  title: string;
  /** What goes and what stays, exactly. */
  children: ReactNode;
  /** The docker command that confirming runs. */
  command?: string | undefined;
  keep: string;
  /** The verb with its object: `Remove orders-data`. */
  confirm: string;
  isDisabled?: boolean;
  onConfirm(): void;
  onClose(): void;
}

/** Before something is lost and cannot be undone. Keeping is focused, so that Enter loses nothing. */
export function ConfirmDialog({ title, children, command, keep, confirm, isDisabled = false, onConfirm, onClose }: ConfirmDialogProps) {
  const take = (): void => {
    if (isDisabled) return;
    onClose();
    onConfirm();
  };
  return (
    <Dialog title={title} onClose={onClose} onConfirm={take}>
      <DialogBody>{children}</DialogBody>
      {command !== undefined && <DialogCommand>{command}</DialogCommand>}
      <DialogFoot>
        <Button keys="esc" data-first onClick={onClose}>
          {keep}
        </Button>
        <Button kind="danger" keys="mod+backspace" disabled={isDisabled} onClick={take}>
          {confirm}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
