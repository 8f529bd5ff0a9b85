import { create } from 'zustand';
import type { CheckResult, StartRecord } from '../../contract/troubleshoot.ts';
import { asFailure, openStream, request, type IpcFailure } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { followDownload } from './window/file-transfer.ts';
import { beginTask } from './window/tasks.ts';

export interface TroubleshootState {
  checks: readonly CheckResult[] | undefined;
  checkedAt: number | undefined;
  /** Newest first. */
  starts: readonly StartRecord[] | undefined;
  isChecking: boolean;
  failure: IpcFailure | undefined;
  isSaving: boolean;
}

export const useTroubleshoot = create<TroubleshootState>(() => ({ checks: undefined, checkedAt: undefined, starts: undefined, isChecking: false, failure: undefined, isSaving: false }));

export async function check(): Promise<void> {
  if (useTroubleshoot.getState().isChecking) return;
  useTroubleshoot.setState({ isChecking: true });
  try {
    // Without waiting for the checks, which take their time.
    const starts = request('troubleshoot/starts').then((found) => useTroubleshoot.setState({ starts: found }));
    const [checks] = await Promise.all([request('troubleshoot/check'), starts]);
    useTroubleshoot.setState({ checks, checkedAt: Date.now(), failure: undefined, isChecking: false });
  } catch (error) {
    useTroubleshoot.setState({ failure: asFailure(error), isChecking: false });
  }
}

/** Writes the diagnostics to a file of the person's. */
export function saveDiagnostics(): void {
  const task = beginTask({ kind: 'save', subject: t('troubleshoot:bundle.subject'), doneTitle: t('troubleshoot:bundle.saved'), failedTitle: t('troubleshoot:bundle.notSaved') });
  useTroubleshoot.setState({ isSaving: true, failure: undefined });
  let isDismissed = false;
  const stream = openStream('troubleshoot/bundle', undefined, {
    onData(message) {
      if (message.type === 'ready') followDownload(message.path);
      else if (message.type === 'saving') task.tell({ note: message.path });
      else if (message.type === 'dismissed') isDismissed = true;
      else task.tell({ done: message.bytes, total: message.total });
    },
    onEnd(failure) {
      useTroubleshoot.setState({ isSaving: false, failure: failure?.kind === 'cancelled' ? undefined : failure });
      if (isDismissed || failure?.kind === 'cancelled') task.cancelled();
      else if (failure !== undefined) task.failed(failure);
      else task.done();
    },
  });
  task.tell({
    cancel() {
      stream.close();
      useTroubleshoot.setState({ isSaving: false });
      task.cancelled();
    },
  });
}
