import { Button } from '../../components/controls/button.tsx';
import { KeyCap } from '../../components/controls/key-cap.tsx';
import { Dialog, DialogFoot } from '../../components/overlay/dialog.tsx';
import { chordLabel } from '../../format/keys.ts';
import { t } from '../../i18n/i18n.ts';
import { destinations } from '../../stores/window/screens.ts';

interface KeyGroup {
  title: string;
  rows: [chord: string, what: string][];
}

function groups(): KeyGroup[] {
  const places = destinations().flatMap(({ key, label }): KeyGroup['rows'] => (key === undefined ? [] : [[t('shell:keys.rows.goChord', { key }), t('shell:keys.rows.go', { place: t(label) })]]));
  const row = (chord: string, name: RowName): [string, string] => [chord, t(`shell:keys.rows.${name}`)];
  return [
    {
      title: t('shell:keys.groups.everywhere'),
      rows: [row('mod+K', 'palette'), row('N', 'run'), ...places, row('mod+,', 'settings'), row('mod+J', 'history'), row('mod+Z', 'undo'), row('mod+[', 'back'), row('F6', 'regions'), row('?', 'keys')],
    },
    {
      title: t('shell:keys.groups.lists'),
      rows: [row('/', 'filter'), row('↑ ↓', 'move'), row('← →', 'fold'), row('Space', 'select'), row('shift+↑ ↓', 'extend'), row('mod+A', 'all'), row('enter', 'open'), row('shift+F10', 'menu'), row('O', 'port')],
    },
    { title: t('shell:keys.groups.containers'), rows: [row('S', 'start'), row('R', 'restart'), row('P', 'pause'), row('L', 'logs'), row('T', 'terminal'), row('backspace', 'remove')] },
    { title: t('shell:keys.groups.details'), rows: [row('mod+1…8', 'tabs'), row('mod+F', 'search'), row('enter, shift+enter', 'matches'), row('F', 'follow'), row('End', 'newest')] },
  ];
}

type RowName =
  | 'undo' | 'palette' | 'run' | 'settings' | 'history' | 'back' | 'regions' | 'keys' | 'filter' | 'move' | 'fold' | 'select' | 'extend' | 'all' | 'open' | 'menu' | 'port' | 'start' | 'restart' | 'pause'
  | 'logs' | 'terminal' | 'remove' | 'tabs' | 'search' | 'matches' | 'follow' | 'newest';

export function KeysDialog({ onClose }: { onClose(): void }) {
  return (
    <Dialog title={t('shell:keys.title')} size="wide" onClose={onClose}>
      <div className="keys">
        {groups().map((group) => (
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
          {t('shell:keys.close')}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
