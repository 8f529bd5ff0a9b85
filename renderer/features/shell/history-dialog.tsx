import { Copy } from 'lucide-react';
import { Button, IconButton } from '../../components/controls/button.tsx';
import { Dialog, DialogBody, DialogFoot } from '../../components/overlay/dialog.tsx';
import { useCommands } from '../../stores/window/commands.ts';
import { t } from '../../i18n/i18n.ts';
import { formatClock } from '../../i18n/intl.ts';


export function HistoryDialog({ onClose }: { onClose(): void }) {
  const entries = useCommands((state) => state.entries);
  return (
    <Dialog title={t('shell:history.title')} size="wide" onClose={onClose}>
      <DialogBody>{entries.length === 0 ? t('shell:history.empty') : t('shell:history.note')}</DialogBody>
      {entries.length > 0 && (
        <ol className="history">
          {entries.toReversed().map((entry) => (
            <li key={entry.id}>
              <time className="numbers">{formatClock(entry.startedAt)}</time>
              <span className="history__what selectable isolated">
                <code>{entry.text}</code>
                {entry.api !== undefined && <code className="history__api">{entry.api}</code>}
              </span>
              <small className={`cut isolated ${entry.status === 'failed' ? 'bad' : ''}`}>{entry.result}</small>
              <IconButton label={`${t('shell:history.copy')}: ${entry.text}`} onClick={() => void navigator.clipboard.writeText(entry.text)}>
                <Copy size={14} strokeWidth={1.75} />
              </IconButton>
            </li>
          ))}
        </ol>
      )}
      <DialogFoot>
        <Button keys="esc" onClick={onClose} data-first>
          {t('shell:history.close')}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
