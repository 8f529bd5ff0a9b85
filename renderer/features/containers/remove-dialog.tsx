import { Button } from '../../components/controls/button.tsx';
import { Dialog, DialogBody, DialogCommand, DialogFoot } from '../../components/overlay/dialog.tsx';
import { isUp } from '../../format/engine/container.ts';
import { commandText } from '../../format/engine/docker-command.ts';
import { act, commandOf } from '../../stores/containers/container-actions.ts';
import { clearSelection } from '../../stores/containers/container-list.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { replaceRoute, useNavigation } from '../../stores/window/navigation.ts';
import { t } from '../../i18n/i18n.ts';
import { formatList } from '../../i18n/intl.ts';

/** `a, b and 3 more`: enough to recognise what is meant. */
const someOf = (names: readonly string[]): string => formatList(names.length <= 3 ? names : [...names.slice(0, 2), t('containers:remove.more', { count: names.length - 2 })]);

function lossOf(names: readonly string[], running: readonly string[]): string {
  const count = names.length;
  const goes =
    running.length === 0 ? t('containers:remove.goes', { count, names: someOf(names) })
    : running.length === count ? t('containers:remove.stops', { count, names: someOf(names) })
    : t('containers:remove.someStop', { count: running.length, names: someOf(names), running: someOf(running) });
  return `${goes} ${t('containers:remove.stays', { count })}`;
}

/** What goes and what stays, before it goes. A container that vanished meanwhile is left out. */
export function RemoveDialog({ ids, onClose }: { ids: readonly string[]; onClose(): void }) {
  const views = useContainers((state) => state.containers).filter(({ id }) => ids.includes(id));
  const names = views.map(({ name }) => name);
  const running = views.filter(({ condition }) => isUp(condition)).map(({ name }) => name);
  const force = running.length > 0;
  const [first = ''] = names;

  function remove(): void {
    onClose();
    clearSelection();
    const { route } = useNavigation.getState();
    void act('remove', ids, { force }).then((isDone) => {
      // The page of a container that is gone has nothing to show.
      if (isDone && route.page === 'container' && ids.includes(route.id) && useNavigation.getState().route === route) replaceRoute({ page: 'containers' });
    });
  }

  return (
    <Dialog title={t('containers:remove.title', { count: names.length, name: first })} onClose={onClose} onConfirm={remove}>
      <DialogBody>
        <span className="isolated">{lossOf(names, running)}</span>
      </DialogBody>
      <DialogCommand>{commandText(commandOf('remove', names, force))}</DialogCommand>
      <DialogFoot>
        <Button keys="esc" data-first onClick={onClose}>
          {t('containers:remove.keep')}
        </Button>
        <Button kind="danger" keys="mod+backspace" disabled={names.length === 0} onClick={remove}>
          {t('containers:remove.confirm', { count: names.length, name: first })}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
