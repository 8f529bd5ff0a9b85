import { create } from 'zustand';
import type { CleanUpName, DiskSurvey } from '../../contract/engine-api/disk.ts';
import { asFailure, callEngine, type IpcFailure } from '../api.ts';
import { formatBytes } from '../format/bytes.ts';
import { cleanUpCommands } from '../format/engine/volume-commands.ts';
import { sentences } from '../format/sentence.ts';
import { t } from '../i18n/i18n.ts';
import { coalesce } from './coalesce.ts';
import { beginTask } from './window/tasks.ts';
import { actOnEngine } from './window/engine-action.ts';

export interface DiskState {
  survey: DiskSurvey | undefined;
  readAt: number | undefined;
  isReading: boolean;
  failure: IpcFailure | undefined;
  cleaning: CleanUpName | undefined;
}

export const useDisk = create<DiskState>(() => ({ survey: undefined, readAt: undefined, isReading: false, failure: undefined, cleaning: undefined }));

/** Asks what takes space: the engine walks through all it has, so this is done when someone looks and not at every event. */
export const surveyDisk = coalesce(async () => {
  useDisk.setState({ isReading: true });
  try {
    useDisk.setState({ survey: await callEngine('system.disk', {}), readAt: Date.now(), failure: undefined, isReading: false });
  } catch (error) {
    useDisk.setState({ failure: asFailure(error), isReading: false });
  }
}, 500);

/** Does a clean-up; what it would take was asked for and shown before. Never rejects. */
export async function cleanUp(name: CleanUpName): Promise<void> {
  const task = beginTask({ kind: 'prune', subject: t(`disk:cleanUps.${name}.title`), doneTitle: t('disk:did.cleaned'), failedTitle: t('disk:did.notCleaned') });
  useDisk.setState({ cleaning: name });
  try {
    let reclaimed = 0;
    for (const [index, command] of cleanUpCommands[name].entries()) reclaimed += await prune(name, index, command);
    task.done(t('disk:did.freed', { size: formatBytes(reclaimed) }));
  } catch (error) {
    const failure = asFailure(error);
    task.failed(failure);
    useDisk.setState({ failure });
  }
  useDisk.setState({ cleaning: undefined });
  await surveyDisk();
}

async function prune(name: CleanUpName, step: number, command: readonly string[]): Promise<number> {
  const resultOf = ({ SpaceReclaimed }: { SpaceReclaimed: number }): string => t('disk:did.freed', { size: formatBytes(SpaceReclaimed) });
  if (name === 'containers' || (name === 'all' && step === 0)) return (await actOnEngine({ command, operation: 'containers.prune', params: {}, resultOf })).SpaceReclaimed;
  if (name.startsWith('volumes')) return (await actOnEngine({ command, operation: 'volumes.prune', params: name === 'volumes-unused' ? { filters: { all: ['true'] } } : {}, resultOf })).SpaceReclaimed;
  return (await actOnEngine({ command, operation: 'images.prune', params: name === 'images-dangling' ? {} : { filters: { dangling: ['false'] } }, resultOf })).SpaceReclaimed;
}

/** Why the survey is not there, as what a person is shown. */
export function surveyProblem({ message, hint, status }: IpcFailure): string {
  return status === 404 && /page not found/i.test(message) ? t('disk:otherEngine') : sentences(message, hint);
}
