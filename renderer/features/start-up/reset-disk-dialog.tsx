import { Button } from '../../components/controls/button.tsx';
import { Dialog, DialogBody, DialogFoot } from '../../components/overlay/dialog.tsx';
import { takeStep } from '../../stores/vm.ts';
import { text } from './text.ts';

export function ResetDiskDialog({ onClose }: { onClose(): void }) {
  return (
    <Dialog title={text.reset.title} onClose={onClose}>
      <DialogBody>{text.reset.body}</DialogBody>
      <DialogFoot>
        <Button keys="esc" onClick={onClose} data-first>
          {text.reset.keep}
        </Button>
        <Button
          kind="danger"
          onClick={() => {
            onClose();
            void takeStep('reset-data-disk');
          }}
        >
          {text.reset.erase}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
