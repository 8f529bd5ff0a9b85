import { Pause, Play, RotateCw, Square, Trash2 } from 'lucide-react';
import { Button } from '../../components/controls/button.tsx';
import { SelectionBar } from '../../components/layout/selection-bar.tsx';
import type { ContainerView } from '../../format/engine/container.ts';
import { clearSelection } from '../../stores/containers/container-list.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { askToRemove, pauseOrResume, restart, startOrStop, verbsFor } from './row-actions.ts';
import { t } from '../../i18n/i18n.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function ChosenContainers({ chosen }: { chosen: readonly ContainerView[] }) {
  const isBusy = useContainers(({ pending }) => chosen.every(({ id }) => pending[id] !== undefined));
  const { primary, canPause, canResume } = verbsFor(chosen);
  return (
    <SelectionBar label={t('containers:selection.label')} count={chosen.length} onClear={clearSelection}>
      <Button kind="quiet" keys="S" disabled={isBusy} icon={primary === 'stop' ? <Square {...icon} size={11} fill="currentColor" /> : <Play {...icon} />} onClick={() => void startOrStop(chosen)}>
        {t(`containers:verbs.${primary}`)}
      </Button>
      <Button kind="quiet" keys="R" disabled={isBusy} icon={<RotateCw {...icon} />} onClick={() => void restart(chosen)}>
        {t('containers:verbs.restart')}
      </Button>
      {(canPause || canResume) && (
        <Button kind="quiet" keys="P" disabled={isBusy} icon={<Pause {...icon} />} onClick={() => void pauseOrResume(chosen)}>
          {canResume ? t('containers:verbs.unpause') : t('containers:verbs.pause')}
        </Button>
      )}
      <span className="selection-bar__divider" />
      <Button kind="danger-text" keys="backspace" disabled={isBusy} icon={<Trash2 {...icon} />} onClick={() => askToRemove(chosen)}>
        {t('containers:removeMore')}
      </Button>
    </SelectionBar>
  );
}
