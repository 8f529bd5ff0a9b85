import type { Duplex } from 'node:stream';
import { parseHostRequest, type HostAnswer, type HostRequest } from '../../../contract/channel/host-requests.ts';
import { LineSplitter } from '../../../contract/channel/lines.ts';
import { PortTakenError } from '../ports/port-taken.ts';
import type { HostPortAuthority } from '../vm.ts';

/**
 * Answers the engine's requests for ports of this computer, one after the other: a reservation that follows a sync must
 * not overtake it.
 */
export function serveHostRequests(stream: Duplex, authority: HostPortAuthority): void {
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
        const answer = await answerLine(line, authority);
        if (answer !== null && !stream.destroyed) stream.write(`${JSON.stringify(answer)}\n`);
      });
    }
  });
}

async function answerLine(line: string, authority: HostPortAuthority): Promise<HostAnswer | null> {
  const request = parseHostRequest(line);
  if ('invalid' in request) return request.id === null ? null : { id: request.id, ok: false, code: 'invalid', message: request.invalid };
  try {
    await obey(request, authority);
    return { id: request.id, ok: true };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { id: request.id, ok: false, code: error instanceof PortTakenError ? 'taken' : 'internal', message };
  }
}

function obey(request: HostRequest, authority: HostPortAuthority): Promise<void> {
  switch (request.method) {
    case 'ports.reserve':
      return authority.reserve(request.port);
    case 'ports.release':
      return authority.release(request.port);
    case 'ports.sync':
      return authority.sync(request.ports);
  }
}
