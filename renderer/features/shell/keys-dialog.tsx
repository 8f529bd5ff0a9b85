import { Button } from '../../components/controls/button.tsx';
import { KeyCap } from '../../components/controls/key-cap.tsx';
import { Dialog, DialogFoot } from '../../components/overlay/dialog.tsx';
import { chordLabel } from '../../format/keys.ts';
import { text } from './text.ts';

export function KeysDialog({ onClose }: { onClose(): void }) {
  return (
    <Dialog title={text.keys.title} size="wide" onClose={onClose}>
      <div className="keys">
        {text.keys.groups.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <ul>
              {group.rows.map(([chord, what]) => (
                <li key={chord}>
                  <span>{what}</span>
                  <KeyCap chord={chord} />
                  <span className="unseen">{chordLabel(chord)}</span>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <DialogFoot>
        <Button keys="esc" onClick={onClose} data-first>
          {text.keys.close}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
