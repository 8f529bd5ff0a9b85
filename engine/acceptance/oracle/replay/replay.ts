import type { OracleCase, Step } from './oracle-case.ts';
import type { Masks } from './normalise.ts';
import { patience } from './patience.ts';
import { send } from './wire.ts';
import type { Reply } from './wire.ts';

/** One of the two engines. */
export interface Replica {
  socket: string;
  masks: Masks;
}

const pollPause = 50;
const pollLimit = 10_000;

/** The answers of one engine to the steps of a case, in their order. */
export async function replay(replica: Replica, oracleCase: OracleCase, onStep: (index: number, reply: Reply) => void): Promise<void> {
  // To the millisecond: what was cleaned up before this case is not its news.
  const names = new Map<string, string>([['start', (Date.now() / 1000).toFixed(3)]]);
  for (const [index, step] of oracleCase.steps.entries()) {
    const reply = await perform(replica, step, names);
    for (const [name, path] of Object.entries(step.save ?? {})) names.set(name, String(at(reply.body, path) ?? `no-${name}`));
    onStep(index, reply);
  }
}

async function perform(replica: Replica, step: Step, names: Map<string, string>): Promise<Reply> {
  // A little later than what has just been answered: some stamps of the answer have more digits than this clock.
  names.set('now', ((Date.now() + 5) / 1000).toFixed(3));
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name: string) => names.get(name) ?? whole);
  const version = step.version ?? '1.41';
  const raw = step.body;
  const body = raw === undefined ? undefined : Buffer.isBuffer(raw) ? raw : Buffer.from(fill(typeof raw === 'string' ? raw : JSON.stringify(raw)));
  const headers = { ...(body !== undefined && !Buffer.isBuffer(raw) ? { 'Content-Type': 'application/json' } : {}), ...step.headers };
  const wanted = { method: step.method, path: `${version === '' ? '' : `/v${version}`}${fill(step.path)}`, headers, body, upgrade: step.upgrade, stdin: step.stdin, lines: step.lines };
  const deadline = Date.now() + pollLimit * patience();
  for (;;) {
    const reply = await send(replica.socket, wanted);
    if (step.until === undefined || holds(step.until, reply) || Date.now() > deadline) return reply;
    await new Promise((resolve) => setTimeout(resolve, pollPause));
  }
}

/** A condition that trips over an unexpected body does not hold. */
function holds(until: NonNullable<Step['until']>, reply: Reply): boolean {
  try {
    return until(reply.body, reply.status);
  } catch {
    return false;
  }
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], value);
}

/** Takes away what a case has left: containers, volumes, networks, and images but the common one. */
export async function cleanUp(replica: Replica, keepImage: string): Promise<void> {
  const call = (method: 'GET' | 'DELETE', path: string) => send(replica.socket, { method, path: `/v1.41${path}`, headers: {}, body: undefined });
  const list = async <T>(path: string) => (await call('GET', path)).body as T;
  const removeAll = (paths: string[]) => Promise.all(paths.map((path) => call('DELETE', path)));
  await removeAll((await list<{ Id: string }[]>('/containers/json?all=1')).map(({ Id }) => `/containers/${Id}?force=1&v=1`));
  await removeAll(((await list<{ Volumes: { Name: string }[] | null }>('/volumes')).Volumes ?? []).map(({ Name }) => `/volumes/${Name}?force=1`));
  const networks = (await list<{ Name: string }[]>('/networks')).filter(({ Name }) => !['bridge', 'host', 'none'].includes(Name));
  await removeAll(networks.map(({ Name }) => `/networks/${Name}`));
  for (const { Id, RepoTags } of await list<{ Id: string; RepoTags: string[] | null }[]>('/images/json')) {
    const tags = (RepoTags ?? []).filter((tag) => tag !== '<none>:<none>');
    if (tags.length === 0) await call('DELETE', `/images/${Id}?force=1`);
    for (const tag of tags) if (tag !== keepImage) await call('DELETE', `/images/${tag}`);
  }
}
