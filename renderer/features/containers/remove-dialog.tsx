import { Button } from '../../components/controls/button.tsx';
import { Dialog, DialogBody, DialogCommand, DialogFoot } from '../../components/overlay/dialog.tsx';
import { isUp } from '../../format/engine/container.ts';
import { commandText } from '../../format/engine/docker-command.ts';
import { act, commandOf } from '../../stores/containers/container-actions.ts';
import { clearSelection } from '../../stores/containers/container-list.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { replaceRoute, useNavigation } from '../../stores/window/navigation.ts';
import { text } from './text.ts';

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
    <Dialog title={text.remove.title(names.length, first)} onClose={onClose} onConfirm={remove}>
      <DialogBody>
        <span className="isolated">{text.remove.body(names, running)}</span>
      </DialogBody>
      <DialogCommand>{commandText(commandOf('remove', names, force))}</DialogCommand>
      <DialogFoot>
        <Button keys="esc" data-first onClick={onClose}>
          {text.remove.keep}
        </Button>
        <Button kind="danger" keys="mod+backspace" disabled={names.length === 0} onClick={remove}>
          {text.remove.confirm(names.length, first)}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
