import { X } from 'lucide-react';
import { IconButton, LinkButton } from '../controls/button.tsx';
import { StateGlyph } from '../drawing/state-glyph.tsx';
import './overlay.css';

export interface ToastProps {
  kind: 'good' | 'trouble';
  title: string;
  detail?: string | undefined;
  step?: { label: string; take: () => void } | undefined;
  dismissLabel: string;
  onDismiss(): void;
}

/** Trouble is announced at once, good news when there is a pause. */
export function Toast({ kind, title, detail, step, dismissLabel, onDismiss }: ToastProps) {
  return (
    <div className="toast" role={kind === 'trouble' ? 'alert' : 'status'}>
      <StateGlyph shape={kind === 'good' ? 'healthy' : 'failed'} />
      <div className="toast__words isolated">
        <strong>{title}</strong>
        {detail !== undefined && detail !== '' && <p className="selectable">{detail}</p>}
      </div>
      {step !== undefined && <LinkButton onClick={step.take}>{step.label}</LinkButton>}
      {kind === 'trouble' && (
        <IconButton label={dismissLabel} onClick={onDismiss}>
          <X size={14} strokeWidth={1.75} />
        </IconButton>
      )}
    </div>
  );
}
