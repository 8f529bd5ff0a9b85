import type { ContainerInspect } from '../../../contract/engine-api/container.ts';
import { asFailure, request } from '../../api.ts';

/** @throws {IpcFailure} */
export async function inspectContainer(id: string): Promise<ContainerInspect> {
  try {
    return await request('containers/inspect', { id });
  } catch (error) {
    throw asFailure(error);
  }
}
