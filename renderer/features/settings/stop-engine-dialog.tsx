import { Button } from '../../components/controls/button.tsx';
import { Dialog, DialogBody, DialogFoot } from '../../components/overlay/dialog.tsx';
import { isUp } from '../../format/engine/container.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { stopVm } from '../../stores/vm.ts';
import { text } from './text.ts';

export function StopEngineDialog({ onClose }: { onClose(): void }) {
  const running = useContainers((state) => state.containers.filter(({ condition }) => isUp(condition)).length);
  return (
    <Dialog title={text.stopDialog.title} onClose={onClose}>
      <DialogBody>{text.stopDialog.body(running)}</DialogBody>
      <DialogFoot>
        <Button keys="esc" data-first onClick={onClose}>
          {text.stopDialog.keep}
        </Button>
        <Button
          kind="danger"
          onClick={() => {
            onClose();
            void stopVm();
          }}
        >
          {text.stopDialog.confirm}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
