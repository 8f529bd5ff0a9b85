// How much of what a VM sends can go through the network guard, and what it costs: the guard of main/vm/network-guard as a process of its own between
// two unix sockets, as between QEMU's filters; beside it a process that passes the bytes on without a look. In turns, whole frames of 1514 octets and of 66.
//   node scripts/with-node.mjs bench/network-guard/measure.mjs [--rounds N] [--megabytes N]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, megabytes: { type: 'string', default: '512' } } });
const total = Number(values.megabytes) * 1e6;
const folder = mkdtempSync(join(tmpdir(), 'slipway-guard-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const guard = join(import.meta.dirname, '../../main/vm/network-guard/network-guard.ts');

/** Programs that read from the first socket and write to the second, and say at the end what processor time they took. */
const report = "process.on('message', () => { const { user, system } = process.cpuUsage(start); process.send((user + system) / 1000); });";
const programs = {
  guard: `const { guardNetwork } = await import(${JSON.stringify(guard)}); const [outgoing, allowed] = process.argv.slice(1);
    await guardNetwork({ sockets: { outgoing, allowed }, hostAccess: () => false }); const start = process.cpuUsage(); ${report} process.send('ready');`,
  'no look': `const { connect } = await import('node:net'); const [from, to] = process.argv.slice(1).map((path) => connect(path));
    from.pipe(to); const start = process.cpuUsage(); ${report} process.send('ready');`,
};

/** As many frames as fit into 64 kB, each with QEMU's four octets of length: what one read of its socket brings. */
function burst(size) {
  const frame = Buffer.alloc(4 + size);
  frame.writeUInt32BE(size, 0);
  frame.writeUInt16BE(0x0800, 4 + 12);
  frame.writeUInt8(0x45, 4 + 14);
  frame.writeUInt8(6, 4 + 23);
  Buffer.from([93, 184, 216, 34]).copy(frame, 4 + 30);
  return Buffer.concat(Array.from({ length: Math.floor(65536 / frame.length) }, () => frame));
}

async function measure(name, size, turn) {
  const paths = ['out', 'in'].map((end) => join(folder, `${turn}-${end}`));
  const servers = paths.map((path) => createServer().listen(path));
  const connections = servers.map((server) => once(server, 'connection').then(([socket]) => socket));
  const child = spawn(process.execPath, ['--input-type=module', '-e', programs[name], ...paths], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await once(child, 'message');
  const [source, sink] = await Promise.all(connections);
  const bytes = burst(size);
  const wanted = Math.ceil(total / bytes.length) * bytes.length;
  const begun = performance.now();
  const arrived = new Promise((resolve) => {
    let seen = 0;
    sink.on('data', (chunk) => (seen += chunk.length) === wanted && resolve());
  });
  for (let sent = 0; sent < wanted; sent += bytes.length) if (!source.write(bytes)) await once(source, 'drain');
  await arrived;
  const milliseconds = performance.now() - begun;
  child.send('report');
  const [processor] = await once(child, 'message');
  child.kill();
  for (const socket of [source, sink]) socket.destroy();
  for (const server of servers) server.close();
  return { throughput: wanted / 1e3 / milliseconds, processor: processor / (wanted / 1e9) };
}

const results = new Map();
let turn = 0;
for (let round = 0; round < Number(values.rounds); round++) {
  for (const size of [1514, 66]) {
    for (const name of Object.keys(programs)) {
      const key = `${name}, frames of ${size} octets`;
      results.set(key, [...(results.get(key) ?? []), await measure(name, size, turn++)]);
    }
  }
}
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
console.log('| way | MB/s | processor time per GB, ms |\n|---|--:|--:|');
for (const [key, list] of results) console.log(`| ${key} | ${median(list.map((one) => one.throughput)).toFixed(0)} | ${median(list.map((one) => one.processor)).toFixed(0)} |`);
