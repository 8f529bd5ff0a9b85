import { Readable } from 'node:stream';
import type { DownloadDown } from '../../contract/ipc.ts';
import { runChecks } from '../troubleshoot/checks.ts';
import { readStarts } from '../troubleshoot/start-records.ts';
import { makeBundle } from '../troubleshoot/bundle.ts';
import type { HandlersOf, Services } from './handlers.ts';
import type { StreamSession } from './stream-session.ts';

const check = ({ home, socketPath, arch, settings, vm, engine }: Services) => runChecks({ home, socketPath, arch, settings: settings.current, vm: vm.state, engine });

export function troubleshootHandlers(services: Services): HandlersOf<'troubleshoot'> {
  return { 'troubleshoot/check': () => check(services), 'troubleshoot/starts': () => readStarts(services.home) };
}

/** The diagnostics as a file of the person's. */
export async function saveBundle(services: Services, session: StreamSession<DownloadDown, never>): Promise<void> {
  const { facts, settings, vm, engine, journal, files, home } = services;
  const text = await makeBundle({ facts, settings: settings.current, vm: vm.state, checks: await check(services), starts: await readStarts(home), journal: journal.lines, engine });
  const bytes = Buffer.from(text);
  const target = await files.open(`slipway-diagnostics-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.json`, bytes.length);
  if (target === undefined) return session.send({ type: 'dismissed' });
  await session.send(target.place);
  await target.take(Readable.from([bytes]), session.signal);
  await session.send({ type: 'progress', bytes: bytes.length, total: bytes.length });
}
