import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../components/controls/button.tsx';
import { Progress } from '../../components/drawing/progress.tsx';
import { Dialog, DialogBody, DialogFoot } from '../../components/overlay/dialog.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { sentences } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { Rich } from '../../i18n/rich.tsx';
import { clearTransfer, type DataTransfer } from '../../stores/data-transfer.ts';
import './data.css';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** How it goes, and what came of it. Closing the dialog leaves it to the task centre. */
export function TransferView({ title, transfer, onClose }: { title: string; transfer: DataTransfer; onClose(): void }) {
  const underWay = 'cancel' in transfer ? transfer : undefined;
  const close = (): void => {
    clearTransfer();
    onClose();
  };
  return (
    <Dialog title={title} size="wide" onClose={close}>
      <DialogBody>{'cancel' in transfer ? <UnderWay transfer={transfer} /> : <Outcome transfer={transfer} />}</DialogBody>
      <DialogFoot>
        {underWay !== undefined ? (
          <>
            <Button onClick={underWay.cancel}>{t('common:cancel')}</Button>
            <Button keys="esc" data-first onClick={close}>
              {t('data:hide')}
            </Button>
          </>
        ) : (
          <Button kind="primary" data-first onClick={close}>
            {t('common:close')}
          </Button>
        )}
      </DialogFoot>
    </Dialog>
  );
}

function UnderWay({ transfer }: { transfer: Extract<DataTransfer, { status: 'stopping' | 'working' }> }) {
  const { kind, status, done, total } = transfer;
  const figures = total === 0 ? '' : t('common:bytesOf', { part: formatBytes(done), whole: formatBytes(total) });
  const words = status === 'stopping' ? t('data:stopping') : t(`data:${kind}.working`);
  return (
    <div className="data-transfer">
      <p role="status">{words}</p>
      <Progress label={words} fraction={total === 0 ? undefined : done / total} text={figures} />
      <p className="numbers">{figures}</p>
    </div>
  );
}

function Outcome({ transfer }: { transfer: Exclude<DataTransfer, { status: 'stopping' | 'working' }> }) {
  switch (transfer.status) {
    case 'failed':
      return (
        <p className="selectable isolated" role="alert">
          {sentences(transfer.failure.message, transfer.failure.hint)}
        </p>
      );
    case 'imported':
      return (
        <div role="status">
          <p>
            <Rich text="data:import.here" values={{ name: transfer.name }} />
          </p>
          {transfer.aside !== undefined && (
            <p className="selectable">
              <Rich text="data:import.aside" values={{ path: transfer.aside }} />
            </p>
          )}
        </div>
      );
    case 'exported':
      return <Exported path={transfer.archive.path} size={transfer.archive.size} sha256={transfer.archive.sha256} />;
  }
}

function Exported({ path, size, sha256 }: { path: string; size: number; sha256: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <div role="status">
      <p className="selectable">
        <Rich text="data:export.written" values={{ path, size: formatBytes(size) }} />
      </p>
      <dl className="data-transfer__sum">
        <dt>{t('data:export.sum')}</dt>
        <dd>
          <code className="selectable">{sha256}</code>
        </dd>
      </dl>
      <Button size="small" icon={isCopied ? <Check {...icon} /> : <Copy {...icon} />} onClick={() => void navigator.clipboard.writeText(sha256).then(() => setCopied(true))}>
        {isCopied ? t('common:copied') : t('data:export.copySum')}
      </Button>
    </div>
  );
}
