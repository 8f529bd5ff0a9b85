import type { Duplex } from 'node:stream';
import { parseHostRequest, type HostAnswer, type HostRequest } from '../../../contract/channel/host-requests.ts';
import { LineSplitter } from '../../../contract/channel/lines.ts';
import { NotSharedError } from '../../shared-folders/not-shared.ts';
import { PortTakenError } from '../ports/port-taken.ts';
import type { HostPortAuthority } from '../vm.ts';

/** Who says which folders of this computer containers may be given. */
export interface FolderAuthority {
  /** @returns where it is below the mount of shared folders. @throws NotSharedError */
  find(path: string, create: boolean): Promise<string>;
}

/**
 * Answers the engine's requests for ports and folders of this computer, one after the other: a reservation that follows a sync must
 * not overtake it.
 */
export function serveHostRequests(stream: Duplex, authority: HostPortAuthority, folders?: FolderAuthority): void {
  const lines = new LineSplitter();
  let turn = Promise.resolve();
  stream.setEncoding('utf8');
  stream.on('error', () => undefined);
  stream.on('end', () => stream.destroy());
  stream.on('data', (text: string) => {
    let complete: string[];
    try {
      complete = lines.push(text);
    } catch (error) {
      stream.destroy(error instanceof Error ? error : undefined);
      return;
    }
    for (const line of complete) {
      turn = turn.then(async () => {
        const answer = await answerLine(line, authority, folders);
        if (answer !== null && !stream.destroyed) stream.write(`${JSON.stringify(answer)}\n`);
      });
    }
  });
}

async function answerLine(line: string, authority: HostPortAuthority, folders: FolderAuthority | undefined): Promise<HostAnswer | null> {
  const request = parseHostRequest(line);
  if ('invalid' in request) return request.id === null ? null : { id: request.id, ok: false, code: 'invalid', message: request.invalid };
  try {
    if (request.method === 'folders.find') {
      if (folders === undefined) throw new NotSharedError('this host shares no folders');
      return { id: request.id, ok: true, path: await folders.find(request.path, request.create) };
    }
    await obey(request, authority);
    return { id: request.id, ok: true };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { id: request.id, ok: false, code: error instanceof PortTakenError ? 'taken' : error instanceof NotSharedError ? 'invalid' : 'internal', message };
  }
}

function obey(request: Exclude<HostRequest, { method: 'folders.find' }>, authority: HostPortAuthority): Promise<void> {
  switch (request.method) {
    case 'ports.reserve':
      return authority.reserve(request.port);
    case 'ports.release':
      return authority.release(request.port);
    case 'ports.sync':
      return authority.sync(request.ports);
  }
}
