import { useState } from 'react';
import { Button } from '../../components/controls/button.tsx';
import { FieldMessage } from '../../components/controls/field.tsx';
import { Dialog, DialogBody, DialogFoot } from '../../components/overlay/dialog.tsx';
import { t } from '../../i18n/i18n.ts';
import { fillDraft } from './draft/draft-store.ts';
import { parseRunCommand } from './draft/parse-command.ts';

/** A command as text, pasted or the form's own; the form takes over what it says. */
export function PasteDialog({ text: given, onClose }: { text: string; onClose(): void }) {
  const [text, setText] = useState(given);
  const parsed = text.trim() === '' ? undefined : parseRunCommand(text);

  function fill(): void {
    if (parsed?.ok !== true) return;
    fillDraft(parsed.draft, parsed.notes);
    onClose();
  }

  return (
    <Dialog title={t('run:paste.title')} size="wide" onClose={onClose}>
      <DialogBody>{t('run:paste.body')}</DialogBody>
      <div className="field paste">
        <textarea
          data-first
          aria-label={t('run:paste.label')}
          aria-invalid={parsed?.ok === false || undefined}
          aria-describedby="run-paste-message"
          spellCheck={false}
          rows={10}
          placeholder="docker run --detach --publish 8080:80 nginx:alpine"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) fill();
          }}
        />
      </div>
      <div id="run-paste-message" className="paste__message isolated" role="status">
        {parsed?.ok === false && <FieldMessage>{parsed.problem}</FieldMessage>}
        {parsed?.ok === true && parsed.notes.map((note) => <FieldMessage key={note}>{note}</FieldMessage>)}
      </div>
      <DialogFoot>
        <Button keys="esc" onClick={onClose}>
          {t('run:foot.cancel')}
        </Button>
        <Button kind="primary" keys="mod+enter" disabled={parsed?.ok !== true} onClick={fill}>
          {t('run:paste.fill')}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
