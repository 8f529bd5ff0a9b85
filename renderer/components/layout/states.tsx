import { FolderOpen, Upload } from 'lucide-react';
import { useRef, useState, type DragEvent, type ReactNode } from 'react';
import { t } from '../../i18n/i18n.ts';
import { formatClock } from '../../i18n/intl.ts';
import { sentences } from '../../format/sentence.ts';
import { Button } from '../controls/button.tsx';
import { Ramp } from '../drawing/ramp.tsx';
import { Notice } from './notice.tsx';
import './layout.css';
import './list.css';

export interface Way {
  icon: ReactNode;
  /** What it does, in words. */
  title: string;
  /** The docker command that does the same. */
  command: string;
  /** The button. */
  action: ReactNode;
}

/** A list that has nothing yet: what it is for, and up to three ways to begin, each with its command. */
export function EmptyState({ title, body, ways }: { title: string; body: string; ways: readonly Way[] }) {
  return (
    <div className="page__scroll empty-scroll">
      <div className="empty">
        <Ramp width={560} hull="empty" />
        <h2>{title}</h2>
        <p>{body}</p>
        <div className="ways">
          {ways.map((way) => (
            <div className="way" key={way.title}>
              {way.icon}
              <div>
                <strong>{way.title}</strong>
                <code className="selectable">{way.command}</code>
              </div>
              {way.action}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

/** What failed, why, and a step that can be pressed. */
export function ErrorState({ title, failure, onAgain, children }: { title: string; failure: { message: string; hint?: string | undefined }; onAgain?(): void; children?: ReactNode }) {
  return (
    <Notice title={title} action={onAgain === undefined ? undefined : <Button onClick={onAgain}>{t('common:again')}</Button>}>
      <p>{sentences(failure.message, failure.hint)}</p>
      {children}
    </Notice>
  );
}

/** How old what is shown is; nothing while it is fresh. `at` in milliseconds since the epoch. */
export function StaleNote({ at }: { at: number | undefined }) {
  if (at === undefined) return null;
  return <span className="stale-note numbers">{t('common:asOf', { time: formatClock(at) })}</span>;
}

/** Takes files that are dropped anywhere on it. */
export function FileDrop({ label, onFiles, children }: { label: string; onFiles(files: readonly File[], transfer: DataTransfer): void; children: ReactNode }) {
  const [depth, setDepth] = useState(0);
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');
  return (
    <div
      className="file-drop"
      onDragEnter={(event) => hasFiles(event) && setDepth((before) => before + 1)}
      onDragLeave={(event) => hasFiles(event) && setDepth((before) => Math.max(0, before - 1))}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        setDepth(0);
        if (event.dataTransfer.files.length > 0) onFiles([...event.dataTransfer.files], event.dataTransfer);
      }}
    >
      {children}
      {depth > 0 && (
        <div className="file-drop__over">
          <Upload size={16} strokeWidth={1.75} aria-hidden="true" />
          {label}
        </div>
      )}
    </div>
  );
}

/** The same by a button, for whoever has no mouse. */
export function FilePick({ label, accept, multiple = false, onFiles }: { label: string; accept?: string; multiple?: boolean; onFiles(files: readonly File[]): void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button icon={<FolderOpen size={14} strokeWidth={1.75} aria-hidden="true" />} onClick={() => input.current?.click()}>
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        multiple={multiple}
        accept={accept}
        aria-label={label}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          // The same file picked again must be a change again.
          event.target.value = '';
        }}
      />
    </>
  );
}
