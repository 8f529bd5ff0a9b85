import { Play, RotateCw, Square, Trash2 } from 'lucide-react';
import { IconButton } from '../../components/controls/button.tsx';
import { isUp } from '../../format/engine/container.ts';
import { t } from '../../i18n/i18n.ts';
import { act } from '../../stores/containers/container-actions.ts';
import { useContainers, type Verb } from '../../stores/containers/containers.ts';
import { askToRemove } from './row-actions.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** What can be done to a whole compose project, also to members that the filter hides: the heading stands for all of them. */
export function ProjectActions({ project, tabIndex }: { project: string; tabIndex: 0 | -1 }) {
  const all = useContainers((state) => state.containers);
  const pending = useContainers((state) => state.pending);
  const members = all.filter((view) => view.project === project);
  const up = members.filter(({ condition }) => isUp(condition));
  const down = members.filter(({ condition }) => !isUp(condition));
  const isBusy = members.some(({ id }) => pending[id] !== undefined);
  const button = (verb: Extract<Verb, 'start' | 'stop' | 'restart'>, views: typeof members, drawing: React.ReactNode) => (
    <IconButton
      label={t('containers:ofProject', { verb: t(`containers:verbs.${verb}`), name: project })}
      tabIndex={tabIndex}
      disabled={isBusy || views.length === 0}
      onClick={() => void act(verb, views.map(({ id }) => id))}
    >
      {drawing}
    </IconButton>
  );
  return (
    <span className="project__actions">
      {button('start', down, <Play {...icon} />)}
      {button('stop', up, <Square {...icon} size={11} fill="currentColor" />)}
      {button('restart', up, <RotateCw {...icon} />)}
      <IconButton label={t('containers:removeProject', { name: project })} tabIndex={tabIndex} disabled={isBusy} onClick={() => askToRemove(members)}>
        <Trash2 {...icon} />
      </IconButton>
    </span>
  );
}
