import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import type { VmState } from '../../contract/vm-state.ts';
import { startTestEngine } from '../testing/test-engine.ts';
import { watchEvents } from './events-watcher.ts';

const running: VmState = { status: 'running', startedAt: '', phases: [], accelerator: 'external', engineVersion: '1' };

/** A VM whose state the test sets. */
function vmIn(state: VmState) {
  const listeners = new Set<(state: VmState) => void>();
  return {
    state,
    onState(listener: (state: VmState) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    become(next: VmState) {
      this.state = next;
      for (const listener of [...listeners]) listener(next);
    },
    listeners,
  };
}

/** Collects what is told, and lets a test wait for the nth. */
function told<T>() {
  const items: T[] = [];
  const waiting = new Map<number, () => void>();
  return {
    items,
    add(item: T) {
      items.push(item);
      waiting.get(items.length)?.();
    },
    count: (count: number) => (items.length >= count ? Promise.resolve() : new Promise<void>((resolve) => waiting.set(count, resolve))),
  };
}

async function watching(state: VmState) {
  const streams = told<ServerResponse>();
  const engine = await startTestEngine({
    'GET /events': (_request, response) => {
      response.writeHead(200).flushHeaders();
      streams.add(response);
    },
  });
  onTestFinished(() => engine.close());
  const vm = vmIn(state);
  const events = told<unknown>();
  const connections = told<{ status: string }>();
  const abort = new AbortController();
  const ended = watchEvents({ client: engine.client, vm, onEvent: (event) => events.add(event), onConnection: (connection) => connections.add(connection), signal: abort.signal });
  onTestFinished(() => abort.abort());
  return { engine, streams, vm, events, connections, abort, ended };
}

it('tells events, however the bytes are cut', async () => {
  const { streams, events, connections } = await watching(running);
  await connections.count(1);
  const line = Buffer.from(`${JSON.stringify({ Type: 'container', Actor: { Attributes: { name: 'größe' } } })}\n`);
  const cut = line.indexOf(0xc3) + 1;
  const [response] = streams.items;
  response?.write(line.subarray(0, cut));
  // The second half goes in a write of its own, after the first was flushed.
  await new Promise((resolve) => response?.write('', resolve));
  response?.write(Buffer.concat([line.subarray(cut), line]));
  await events.count(2);
  expect(events.items).toEqual([{ Type: 'container', Actor: { Attributes: { name: 'größe' } } }, { Type: 'container', Actor: { Attributes: { name: 'größe' } } }]);
});

it('connects again after a break and says so once each', async () => {
  const { streams, connections } = await watching(running);
  await connections.count(1);
  streams.items[0]?.destroy();
  await connections.count(3);
  expect(connections.items.map(({ status }) => status)).toEqual(['connected', 'away', 'connected']);
});

it('survives a line that is no JSON', async () => {
  const { streams, connections } = await watching(running);
  await connections.count(1);
  streams.items[0]?.write('<html>\n');
  await connections.count(3);
  expect(connections.items.at(-1)?.status).toBe('connected');
});

it('waits for the VM, and leaves no listener behind', async () => {
  const { vm, engine, connections, abort, ended } = await watching({ status: 'stopped' });
  expect(engine.requests).toEqual([]);
  expect(vm.listeners.size).toBe(1);
  vm.become({ status: 'starting', startedAt: '', phases: [] });
  expect(vm.listeners.size).toBe(1);
  vm.become(running);
  await connections.count(1);
  expect(vm.listeners.size).toBe(0);
  abort.abort();
  await ended;
});

it('ends at once when aborted, in whatever it waits', async () => {
  const waitingForVm = await watching({ status: 'stopped' });
  waitingForVm.abort.abort();
  await waitingForVm.ended;
  const connected = await watching(running);
  await connected.connections.count(1);
  const [response] = connected.streams.items;
  const closed = response === undefined ? undefined : once(response, 'close');
  connected.abort.abort();
  await connected.ended;
  await closed;
});
