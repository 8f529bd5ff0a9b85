import { useEffect, useRef, type ReactNode } from 'react';
import { isMod } from '../../format/keys.ts';
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
 * A modal of the platform: focus is trapped, the rest is inert, Escape closes, and focus returns where it was. The first
 * element with `autoFocus` (or `data-first`) gets it.
 */
export function Dialog({ title, size = 'normal', hideTitle = false, onClose, onConfirm, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    const before = document.activeElement;
    element.showModal();
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
      {!hideTitle && <h2>{title}</h2>}
      {children}
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
