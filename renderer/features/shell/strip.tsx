import { Check, ChevronRight, CircleX, Copy, History } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../components/controls/button.tsx';
import { StateGlyph } from '../../components/drawing/state-glyph.tsx';
import { useCommands, type CommandEntry } from '../../stores/window/commands.ts';
import { openDialog } from '../../stores/window/dialogs.ts';
import { TaskCentre } from './task-centre.tsx';
import { t } from '../../i18n/i18n.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function CommandResult({ entry }: { entry: CommandEntry }) {
  return (
    <span className={`strip__result strip__result--${entry.status}`}>
      {entry.status === 'running' && <StateGlyph shape="working" size={12} />}
      {(entry.status === 'done' || entry.status === 'live') && <Check {...icon} size={13} />}
      {entry.status === 'failed' && <CircleX {...icon} size={13} />}
      <span className="cut numbers isolated">{entry.result}</span>
    </span>
  );
}

/** Always the last action as its command, then how it went. It neither blinks nor scrolls. */
export function Strip() {
  const last = useCommands(({ entries }) => entries.at(-1));
  const [copied, setCopied] = useState<number>();

  function copy(): void {
    if (last === undefined) return;
    void navigator.clipboard.writeText(last.text).then(() => setCopied(last.id));
  }

  return (
    <footer className="strip" aria-label={t('shell:regions.strip')} data-region="strip">
      <ChevronRight size={13} strokeWidth={2} aria-hidden="true" />
      {last === undefined ? (
        <span className="cut">{t('shell:strip.none')}</span>
      ) : (
        <>
          <span className="strip__command cut selectable isolated" data-tip={last.text} data-tip-cut="">
            <code>{last.text}</code>
          </span>
          <CommandResult entry={last} />
        </>
      )}
      <span className="strip__gap" />
      <TaskCentre />
      <Button kind="quiet" icon={<Copy {...icon} />} onClick={copy} disabled={last === undefined} aria-label={t('shell:strip.copyLabel')} data-tip={t('shell:strip.copyLabel')}>
        {copied !== undefined && copied === last?.id ? t('shell:strip.copied') : t('shell:strip.copy')}
      </Button>
      <Button kind="quiet" icon={<History {...icon} />} keys="mod+J" data-tip={t('shell:strip.history')} data-tip-cut="" data-tip-keys="mod+J" onClick={() => openDialog({ kind: 'history' })}>
        {t('shell:strip.history')}
      </Button>
    </footer>
  );
}
