import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tarTexts } from './tar-texts.ts';
import { call, json, textOf } from './client.ts';
import type { Model, ModelContainer, ModelThing, Presence } from './model.ts';
import { present } from './model.ts';

interface Inspect {
  Id: string;
  Name: string;
  State: { Status: string; Pid: number; ExitCode: number };
  NetworkSettings: { Networks: Record<string, unknown> };
}

/**
 * What was answered must be so. What was not answered is looked up, so that the model is sure of everything afterwards.
 * @param shimd whether it died: exit codes of that time may be lost; and how often so far: what it had just read of a container's output went with it
 * @returns what is wrong, a sentence each
 */
export async function checkAnswers(socket: string, model: Model, shimd: { died: boolean; deaths: number }): Promise<string[]> {
  const wrong: string[] = [];
  const networks = present(model.networks).map(({ name }) => name);
  for (const container of model.containers) wrong.push(...(await checkContainer(socket, container, shimd, networks)));
  model.containers = present(model.containers);
  for (const noun of ['volumes', 'networks', 'images'] as const) {
    for (const thing of model[noun]) {
      const { status } = await call(socket, 'GET', noun === 'images' ? `/images/${thing.name}/json` : `/${noun}/${thing.name}`);
      const there = presenceOf(status);
      if (thing.presence !== 'unsure' && thing.presence !== there) wrong.push(`${noun} ${thing.name} should be ${thing.presence}: status ${status}`);
      thing.presence = there;
    }
    model[noun] = present<ModelThing>(model[noun]);
  }
  return wrong;
}

function presenceOf(status: number): 'present' | 'absent' | 'unsure' {
  return status === 200 ? 'present' : status === 404 ? 'absent' : 'unsure';
}

async function checkContainer(socket: string, container: ModelContainer, shimd: { died: boolean; deaths: number }, networks: string[]): Promise<string[]> {
  const title = `container ${container.names.join('|')}`;
  let answer;
  for (const reference of container.id === undefined ? container.names : [container.id]) {
    answer = await call(socket, 'GET', `/containers/${reference}/json`);
    if (answer.status === 200) break;
  }
  const there = presenceOf(answer!.status);
  if (container.presence !== 'unsure' && there !== container.presence) return [`${title} should be ${container.presence}: status ${answer!.status}`];
  container.presence = there;
  if (there !== 'present') return [];
  const inspect = json<Inspect>(answer!);
  const { Status, Pid, ExitCode } = inspect.State;
  const wrong: string[] = [];
  if (!container.states.has(Status)) wrong.push(`${title} is ${Status} (${ExitCode}), not ${[...container.states].join(' or ')}`);
  if (!container.names.includes(inspect.Name.slice(1))) wrong.push(`${title} is called ${inspect.Name}`);
  if (container.pid !== undefined && Pid !== 0 && Pid !== container.pid) wrong.push(`${title} was process ${container.pid} and is ${Pid}`);
  // Collected by nobody when shimd died: 255, as of a machine that went down.
  container.lost ||= shimd.died;
  const codes = [7, ...(container.counts || container.signalled ? [137] : []), ...(container.lost ? [255] : []), ...(container.failed ? [126, 127, 128] : [])];
  if (Status === 'exited' && !codes.includes(ExitCode)) wrong.push(`${title} ended with ${ExitCode}`);
  container.id = inspect.Id;
  container.names = [inspect.Name.slice(1)];
  container.states = new Set(Status === 'running' && !container.counts ? ['running', 'exited'] : [Status]);
  container.pid = Status === 'running' || Status === 'paused' ? Pid : undefined;
  for (const [name, presence] of container.networks) {
    const is: Presence = name in inspect.NetworkSettings.Networks ? 'present' : 'absent';
    // Who does not run does not keep a network from being removed.
    if (presence !== 'unsure' && is !== presence && networks.includes(name)) wrong.push(`network ${name} of ${title} should be ${presence}`);
    container.networks.set(name, is);
  }
  wrong.push(...(await checkLog(socket, container, title, shimd.deaths)), ...(await checkFiles(socket, container, title)));
  return wrong;
}

/** Each run counts from 0; nothing comes twice, and nothing is missing but what a shimd had read when it was killed. */
async function checkLog(socket: string, container: ModelContainer, title: string, deaths: number): Promise<string[]> {
  if (!container.counts || container.states.has('created')) return [];
  const { body, status } = await call(socket, 'GET', `/containers/${container.id}/logs?stdout=1&stderr=1`);
  const numbers = textOf(body).split('\n').slice(0, -1).map(Number);
  const breaks = numbers.flatMap((number, index) => (number !== 0 && number !== (numbers[index - 1] ?? -1) + 1 ? [index] : []));
  const again = breaks.find((index) => numbers[index]! <= (numbers[index - 1] ?? -1));
  if (status !== 200) return [`log of ${title}: status ${status} ${body.toString()}`];
  if (again === undefined && breaks.length <= deaths) return [];
  const shown = (at: number) => `… ${numbers.slice(Math.max(0, at - 3), at + 3).join(', ')} …`;
  return [`log of ${title} is not whole after ${deaths} deaths of shimd: ${breaks.map(shown).join(' ')}`];
}

async function checkFiles(socket: string, container: ModelContainer, title: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const [path, content] of container.files) {
    const { status, body } = await call(socket, 'GET', `/containers/${container.id}/archive?path=${path}`);
    if (status !== 200 || tarTexts(body)[0] !== content) wrong.push(`${path} in ${title} is not what was copied in: status ${status}`);
  }
  return wrong;
}

/** Every blob is what its name says; nothing was set aside. */
export function checkStore(root: string): string[] {
  const wrong: string[] = [];
  const blobs = join(root, 'content/blobs/sha256');
  for (const name of readdirSync(blobs)) {
    const digest = createHash('sha256').update(readFileSync(join(blobs, name))).digest('hex');
    if (digest !== name) wrong.push(`blob ${name} is damaged: ${digest}`);
  }
  return wrong;
}
