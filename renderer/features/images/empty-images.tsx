import { ArrowDownToLine, FolderOpen } from 'lucide-react';
import { Button } from '../../components/controls/button.tsx';
import { Ramp } from '../../components/drawing/ramp.tsx';
import { openDialog } from '../../stores/window/dialogs.ts';
import { t } from '../../i18n/i18n.ts';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function EmptyImages({ onPick }: { onPick(): void }) {
  return (
    <div className="page__scroll empty-scroll">
      <div className="empty">
        <Ramp width={560} hull="empty" />
        <h2>{t('images:empty.title')}</h2>
        <p>{t('images:empty.body')}</p>
        <div className="ways">
          <div className="way">
            <ArrowDownToLine {...icon} />
            <div>
              <strong>{t('images:empty.pull')}</strong>
              <code>docker pull nginx:alpine</code>
            </div>
            <Button kind="primary" onClick={() => openDialog({ kind: 'pull', reference: 'nginx:alpine' })}>
              {t('images:pull')}
            </Button>
          </div>
          <div className="way">
            <FolderOpen {...icon} />
            <div>
              <strong>{t('images:empty.load')}</strong>
              <code>docker load --input image.tar</code>
            </div>
            <Button onClick={onPick}>{t('images:empty.loadButton')}</Button>
          </div>
        </div>
      </div>
    </div>
  );
}
