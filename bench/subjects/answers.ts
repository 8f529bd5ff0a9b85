import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Api } from '../client/api.ts';

const limit = 60_000;

/** Waits until an engine answers on its socket. @throws Error with the end of its log when it ends before */
export async function answers(child: ChildProcess, socket: string, log: string): Promise<{ api: Api; version: string }> {
  const api = new Api(socket);
  const deadline = performance.now() + limit;
  for (;;) {
    const answer = await api.request('GET', '/version').catch(() => undefined);
    if (answer?.status === 200) return { api, version: (JSON.parse(answer.body.toString()) as { Version: string }).Version };
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (ended || performance.now() > deadline) throw new Error(`it ${ended ? 'ended' : 'does not answer'}: ${readFileSync(log, 'utf8').slice(-2000)}`);
    await delay(20);
  }
}
