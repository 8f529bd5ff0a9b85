import { ArrowDownToLine } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from '../../components/controls/button.tsx';
import { Field, FieldMessage } from '../../components/controls/field.tsx';
import { Dialog, DialogBody, DialogCommand, DialogFoot } from '../../components/overlay/dialog.tsx';
import { commandText, docker } from '../../format/engine/docker-command.ts';
import { problemOfReference } from '../../format/engine/reference.ts';
import { go } from '../../stores/window/navigation.ts';
import { pullImage } from '../../stores/pulls.ts';
import { t } from '../../i18n/i18n.ts';
import { SearchResults } from './search-results.tsx';

export function PullDialog({ reference: proposed, onClose }: { reference: string; onClose(): void }) {
  const [reference, setReference] = useState(proposed);
  const field = useRef<HTMLInputElement>(null);
  const problem = problemOfReference(reference);
  const isEmpty = reference.trim() === '';

  function pull(): void {
    if (problem !== undefined) return;
    onClose();
    go({ page: 'images' });
    void pullImage(reference);
  }

  return (
    <Dialog title={t('images:pullDialog.title')} onClose={onClose}>
      <DialogBody>{t('images:pullDialog.body')}</DialogBody>
      <form
        className="pull-form"
        onSubmit={(event) => {
          event.preventDefault();
          pull();
        }}
      >
        <Field
          mono
          ref={field}
          data-first
          aria-label={t('images:pullDialog.label')}
          placeholder="nginx:alpine"
          value={reference}
          wrong={!isEmpty && problem !== undefined}
          onChange={(event) => setReference(event.target.value)}
        />
        {!isEmpty && problem !== undefined && <FieldMessage>{problem}</FieldMessage>}
        <SearchResults
          term={reference.trim()}
          onPick={(name) => {
            setReference(`${name}:latest`);
            field.current?.focus();
          }}
        />
      </form>
      <DialogCommand>{commandText(docker.pull(isEmpty ? 'IMAGE' : reference.trim()))}</DialogCommand>
      <DialogFoot>
        <Button keys="esc" onClick={onClose}>
          {t('images:pullDialog.cancel')}
        </Button>
        <Button kind="primary" keys="enter" icon={<ArrowDownToLine size={14} strokeWidth={1.75} aria-hidden="true" />} disabled={problem !== undefined} onClick={pull}>
          {t('images:pullDialog.pull')}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
