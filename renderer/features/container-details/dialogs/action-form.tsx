import { useState, type ReactNode } from 'react';
import { asFailure, type IpcFailure } from '../../../api.ts';
import { Button } from '../../../components/controls/button.tsx';
import { FieldMessage } from '../../../components/controls/field.tsx';
import { Dialog, DialogBody, DialogCommand, DialogFoot } from '../../../components/overlay/dialog.tsx';
import { sentences } from '../../../format/sentence.ts';
import { t } from '../../../i18n/i18n.ts';

export interface ActionFormProps {
  title: string;
  body: ReactNode;
  command: string;
  confirm: string;
  isDisabled: boolean;
  /** Failures keep the dialog open and are told in it. */
  act(): Promise<void>;
  onClose(): void;
  children: ReactNode;
}

/** A dialog with fields, the command that it would run, and what the engine said against it. */
export function ActionForm({ title, body, command, confirm, isDisabled, act, onClose, children }: ActionFormProps) {
  const [failure, setFailure] = useState<IpcFailure>();
  const [isBusy, setBusy] = useState(false);

  async function submit(): Promise<void> {
    if (isDisabled || isBusy) return;
    setBusy(true);
    try {
      await act();
      onClose();
    } catch (error) {
      setFailure(asFailure(error));
      setBusy(false);
    }
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <DialogBody>{body}</DialogBody>
      <form
        className="action-form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {children}
        {failure !== undefined && (
          <div role="alert">
            <FieldMessage>{sentences(failure.message, failure.hint)}</FieldMessage>
          </div>
        )}
        {/* Enter in a field needs a button of the form. */}
        <button type="submit" hidden disabled={isDisabled} />
      </form>
      <DialogCommand>{command}</DialogCommand>
      <DialogFoot>
        <Button keys="esc" onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <Button kind="primary" keys="enter" disabled={isDisabled || isBusy} onClick={() => void submit()}>
          {confirm}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}

export function FormLine({ id, label, message, children }: { id: string; label: string; message?: string | undefined; children: ReactNode }) {
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <div>
        {children}
        {message !== undefined && <FieldMessage id={`${id}-message`}>{message}</FieldMessage>}
      </div>
    </>
  );
}
