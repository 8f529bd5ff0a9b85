import { asFailure, callEngine, IpcFailure } from '../../api.ts';
import { sentences } from '../../format/sentence.ts';

/** What a container's files differ in from its image. @throws IpcFailure whose message can be shown */
export async function containerChanges(id: string): Promise<{ Path: string; Kind: 0 | 1 | 2 }[]> {
  try {
    return (await callEngine('containers.changes', { id })) ?? [];
  } catch (error) {
    const { kind, message, hint } = asFailure(error);
    throw new IpcFailure({ kind, message: sentences(message, hint) });
  }
}
