import { Button } from '../../components/controls/button.tsx';
import { FieldMessage } from '../../components/controls/field.tsx';
import { t } from '../../i18n/i18n.ts';
import { dismissNotes, useDraft } from './draft/draft-store.ts';

/** What a pasted command had and the form has not. */
export function PasteNotes() {
  const notes = useDraft((state) => state.notes);
  if (notes.length === 0) return null;
  return (
    <div className="conflict paste-notes isolated" role="status">
      <strong>{t('run:paste.taken')}</strong>
      {notes.map((note) => (
        <FieldMessage key={note}>{note}</FieldMessage>
      ))}
      <div className="conflict__steps">
        <Button size="small" onClick={dismissNotes}>
          {t('run:paste.dismiss')}
        </Button>
      </div>
    </div>
  );
}
