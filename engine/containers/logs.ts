import { InvalidParameterError } from '../errors.ts';
import type { Container } from './container.ts';
import type { ContainerDependencies } from './dependencies.ts';
import type { LogOptions } from './logs/stream-logs.ts';
import { openLogs } from './logs/stream-logs.ts';

/** What a client gets of a log: bytes, and whether they are framed. */
export interface LogStream {
  multiplexed: boolean;
  chunks: AsyncGenerator<Buffer>;
}

/** `docker logs`. @throws NotFoundError, InvalidParameterError when no stream is chosen */
export async function readLogs(needs: Pick<ContainerDependencies, 'store'>, reference: string, options: LogOptions): Promise<LogStream> {
  if (!options.stdout && !options.stderr) throw new InvalidParameterError('Bad parameters: you must choose at least one stream');
  const container: Container = needs.store.resolve(reference);
  return { multiplexed: !container.tty, chunks: await openLogs(needs, container, options) };
}
