import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/**
 * A client of published ports in a process of its own, as a person's programs are: `get PORT BYTES`, `put PORT BYTES` print the milliseconds that the bytes took;
 * `connect PORT COUNT` opens so many connections at once, says a word on each, waits for it to come back, and prints each one's milliseconds as JSON.
 */
const [verb = '', port = '', amount = ''] = process.argv.slice(2);
const dial = async (): Promise<Socket> => {
  const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  return socket;
};

async function get(bytes: number): Promise<number> {
  const socket = await dial();
  const startedAt = performance.now();
  socket.write(`get ${bytes}\n`);
  let count = 0;
  socket.on('data', (chunk: Buffer) => (count += chunk.length));
  await once(socket, 'end');
  socket.end();
  if (count !== bytes) throw new Error(`${count} bytes came instead of ${bytes}`);
  return performance.now() - startedAt;
}

async function put(bytes: number): Promise<number> {
  const socket = await dial();
  const chunk = Buffer.alloc(256 * 1024, 7);
  const startedAt = performance.now();
  // A word and as many bytes as make it up to the whole.
  const word = Buffer.from('put\n');
  socket.write(word);
  for (let left = bytes - word.length; left > 0; left -= chunk.length) if (!socket.write(left < chunk.length ? chunk.subarray(0, left) : chunk)) await once(socket, 'drain');
  socket.end();
  const counted = Number(await text(socket));
  if (counted !== bytes) throw new Error(`${counted} bytes arrived instead of ${bytes}`);
  return performance.now() - startedAt;
}

async function echo(index: number): Promise<number> {
  const startedAt = performance.now();
  const socket = await dial();
  socket.end(`number ${index}`);
  const answer = await text(socket);
  if (answer !== `number ${index}`) throw new Error(`connection ${index} was answered ${JSON.stringify(answer)}`);
  return performance.now() - startedAt;
}

const verbs: Record<string, () => Promise<unknown>> = {
  get: () => get(Number(amount)),
  put: () => put(Number(amount)),
  connect: () => Promise.all(Array.from({ length: Number(amount) }, (_, index) => echo(index))),
};
console.log(JSON.stringify(await verbs[verb]?.()));
