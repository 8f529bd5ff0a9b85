import { Copy } from 'lucide-react';
import { Button, IconButton } from '../../components/controls/button.tsx';
import { Dialog, DialogBody, DialogFoot } from '../../components/overlay/dialog.tsx';
import { useCommands } from '../../stores/window/commands.ts';
import { text } from './text.ts';

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

export function HistoryDialog({ onClose }: { onClose(): void }) {
  const entries = useCommands((state) => state.entries);
  return (
    <Dialog title={text.history.title} size="wide" onClose={onClose}>
      <DialogBody>{entries.length === 0 ? text.history.empty : text.history.note}</DialogBody>
      {entries.length > 0 && (
        <ol className="history">
          {entries.toReversed().map((entry) => (
            <li key={entry.id}>
              <time className="numbers">{clock.format(entry.startedAt)}</time>
              <code className="selectable isolated cut" title={entry.text}>
                {entry.text}
              </code>
              <small className={`cut isolated ${entry.status === 'failed' ? 'bad' : ''}`}>{entry.result}</small>
              <IconButton label={`${text.history.copy}: ${entry.text}`} onClick={() => void navigator.clipboard.writeText(entry.text)}>
                <Copy size={14} strokeWidth={1.75} />
              </IconButton>
            </li>
          ))}
        </ol>
      )}
      <DialogFoot>
        <Button keys="esc" onClick={onClose} data-first>
          {text.history.close}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
