import { expect, test, vi } from 'vitest';
import { SharedTasks } from './shared-tasks.ts';
import { Slots } from './slots.ts';

test('two callers share one run, and the later hears where it stands', async () => {
  const tasks = new SharedTasks<string, number>();
  const gate = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  let runs = 0;
  const run = async (emit: (event: string) => void) => {
    runs += 1;
    emit('one');
    emit('two');
    started.resolve();
    await gate.promise;
    emit('three');
    return 42;
  };
  const [first, second]: [string[], string[]] = [[], []];
  const a = tasks.join('key', run, (event) => first.push(event));
  await started.promise;
  const b = tasks.join('key', run, (event) => second.push(event));
  gate.resolve();
  expect(await Promise.all([a, b])).toEqual([42, 42]);
  expect(runs).toBe(1);
  expect(first).toEqual(['one', 'two', 'three']);
  expect(second).toEqual(['two', 'three']);
  expect(await tasks.join('key', async () => 43, () => {})).toBe(43);
});

test('a task goes on while one caller wants it, and is aborted with the last', async () => {
  const tasks = new SharedTasks<never, string>();
  const started = Promise.withResolvers<AbortSignal>();
  const run = (_: unknown, signal: AbortSignal) => {
    started.resolve(signal);
    return new Promise<string>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  };
  const [first, second] = [new AbortController(), new AbortController()];
  const a = tasks.join('key', run, () => {}, first.signal);
  const b = tasks.join('key', run, () => {}, second.signal);
  const signal = await started.promise;
  first.abort(new Error('first left'));
  await expect(a).rejects.toThrow('first left');
  expect(signal.aborted).toBe(false);
  second.abort(new Error('second left'));
  await expect(b).rejects.toThrow('second left');
  expect(signal.aborted).toBe(true);
});

test('every caller gets the error', async () => {
  const tasks = new SharedTasks<never, string>();
  const run = async () => Promise.reject(new Error('failed'));
  const both = await Promise.allSettled([tasks.join('key', run, () => {}), tasks.join('key', run, () => {})]);
  expect(both.map((result) => result.status)).toEqual(['rejected', 'rejected']);
});

test('slots let in as many as there are, in order; who gives up waiting takes none', async () => {
  const slots = new Slots(2);
  const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  const entered: number[] = [];
  const controller = new AbortController();
  const users = gates.map((gate, index) =>
    slots.use(
      async () => {
        entered.push(index);
        await gate.promise;
      },
      index === 2 ? controller.signal : undefined,
    ),
  );
  expect(slots.areTaken).toBe(true);
  controller.abort(new Error('gave up'));
  await expect(users[2]).rejects.toThrow('gave up');
  gates[0]!.resolve();
  await users[0];
  await vi.waitFor(() => expect(entered).toEqual([0, 1, 3]));
  gates.forEach((gate) => gate.resolve());
  await Promise.all([users[1], users[3]]);
  expect(slots.areTaken).toBe(false);
});
