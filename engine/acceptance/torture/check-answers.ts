import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tarTexts } from './tar-texts.ts';
import { call, json, textOf } from './client.ts';
import type { Model, ModelContainer, ModelThing } from './model.ts';
import { present } from './model.ts';

interface Inspect {
  Id: string;
  Name: string;
  State: { Status: string; Pid: number; ExitCode: number };
}

/**
 * What was answered must be so. What was not answered is looked up, so that the model is sure of everything afterwards.
 * @param shimdDied exit codes of that time may be lost
 * @returns what is wrong, a sentence each
 */
export async function checkAnswers(socket: string, model: Model, shimdDied: boolean): Promise<string[]> {
  const wrong: string[] = [];
  for (const container of model.containers) wrong.push(...(await checkContainer(socket, container, shimdDied)));
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

async function checkContainer(socket: string, container: ModelContainer, shimdDied: boolean): Promise<string[]> {
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
  if (container.pid !== undefined && Status === 'running' && Pid !== container.pid) wrong.push(`${title} was process ${container.pid} and is ${Pid}`);
  // Collected by nobody when shimd died: 255, as of a machine that went down.
  container.lost ||= shimdDied;
  const codes = [7, ...(container.counts || container.signalled ? [137] : []), ...(container.lost ? [255] : [])];
  if (Status === 'exited' && !codes.includes(ExitCode)) wrong.push(`${title} ended with ${ExitCode}`);
  container.id = inspect.Id;
  container.names = [inspect.Name.slice(1)];
  container.states = new Set(Status === 'running' && !container.counts ? ['running', 'exited'] : [Status]);
  container.pid = Status === 'running' ? Pid : undefined;
  wrong.push(...(await checkLog(socket, container, title)), ...(await checkFiles(socket, container, title)));
  return wrong;
}

/** Each run counts from 0; nothing is missing and nothing comes twice. */
async function checkLog(socket: string, container: ModelContainer, title: string): Promise<string[]> {
  if (!container.counts || container.states.has('created')) return [];
  const { body, status } = await call(socket, 'GET', `/containers/${container.id}/logs?stdout=1&stderr=1`);
  const numbers = textOf(body).split('\n').slice(0, -1).map(Number);
  const gap = numbers.findIndex((number, index) => number !== 0 && number !== (numbers[index - 1] ?? -1) + 1);
  if (status !== 200) return [`log of ${title}: status ${status} ${body.toString()}`];
  return gap === -1 ? [] : [`log of ${title} is not whole: … ${numbers.slice(Math.max(0, gap - 3), gap + 3).join(', ')} …`];
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
