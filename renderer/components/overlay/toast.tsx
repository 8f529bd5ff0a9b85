import { X } from 'lucide-react';
import { IconButton, LinkButton } from '../controls/button.tsx';
import { KeyCap } from '../controls/key-cap.tsx';
import { StateGlyph } from '../drawing/state-glyph.tsx';
import './overlay.css';

export interface ToastProps {
  kind: 'good' | 'trouble';
  title: string;
  detail?: string | undefined;
  step?: { label: string; keys?: string | undefined; take: () => void } | undefined;
  dismissLabel: string;
  /** A pointer or the focus came, so that it must not leave under it. */
  onHold(): void;
  onLetGo(): void;
  onDismiss(): void;
}

/** Trouble is announced at once, good news when there is a pause. */
export function Toast({ kind, title, detail, step, dismissLabel, onHold, onLetGo, onDismiss }: ToastProps) {
  return (
    <div className="toast" role={kind === 'trouble' ? 'alert' : 'status'} onMouseEnter={onHold} onMouseLeave={onLetGo} onFocus={onHold} onBlur={onLetGo}>
      <StateGlyph shape={kind === 'good' ? 'healthy' : 'failed'} />
      <div className="toast__words isolated">
        <strong>{title}</strong>
        {detail !== undefined && detail !== '' && <p className="selectable">{detail}</p>}
      </div>
      {step !== undefined && (
        <LinkButton onClick={step.take}>
          {step.label} {step.keys !== undefined && <KeyCap chord={step.keys} />}
        </LinkButton>
      )}
      {kind === 'trouble' && (
        <IconButton label={dismissLabel} onClick={onDismiss}>
          <X size={14} strokeWidth={1.75} />
        </IconButton>
      )}
    </div>
  );
}
