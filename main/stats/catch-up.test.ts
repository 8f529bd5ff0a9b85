import { expect, it } from 'vitest';
import type { EventMessage } from '../../contract/engine-api/event.ts';
import { startTestEngine } from '../testing/test-engine.ts';
import { catchUp } from './catch-up.ts';
import { History } from './history.ts';
import { HistoryFile } from './history-file.ts';
import { StatsSampler } from './sampler.ts';

const now = Date.now();
const event = (Action: string, ago: number, attributes: Record<string, string> = {}): EventMessage => {
  const at = now - ago;
  return { Type: 'container', Action, Actor: { ID: 'a', Attributes: { name: 'web', ...attributes } }, scope: 'local', time: Math.floor(at / 1000), timeNano: at * 1e6 };
};

it('marks what happened while nobody listened, in its order and once, whatever was heard since', async () => {
  const missed = [event('die', 60_000, { exitCode: '137' }), event('oom', 60_001), event('start', 59_000), event('exec_create: sh', 58_000), event('health_status: unhealthy', 30_000)];
  const engine = await startTestEngine({ 'GET /events': (_request, response) => response.writeHead(200).end(missed.map((one) => `${JSON.stringify(one)}\n`).join('')) });
  try {
    const sampler = new StatsSampler({ source: () => Promise.reject(new Error('not in this test')), history: new History(new HistoryFile('/nonexistent')) });
    const { signal } = new AbortController();
    sampler.hear(event('start', 59_000));
    sampler.hear(event('pause', 1_000));
    await catchUp(engine.client, undefined, (one) => sampler.hear(one), signal);
    await catchUp(engine.client, now - 120_000, (one) => sampler.hear(one), signal);
    expect(sampler.history('a').marks.map(({ kind, exitCode }) => [kind, exitCode])).toEqual([['oom', undefined], ['die', 137], ['start', undefined], ['unhealthy', undefined], ['pause', undefined]]);
    const asked = engine.requests.map((line) => new URL(line.split(' ')[1] ?? '', 'http://x').searchParams);
    expect(asked.map((query) => [query.get('filters'), Number(query.get('until')) - Number(query.get('since')) > 3500])).toEqual([['{"type":["container"]}', true], ['{"type":["container"]}', false]]);
  } finally {
    await engine.close();
  }
});
