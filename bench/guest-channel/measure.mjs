// Compares ways between host and guest: virtio-serial ports (read through epoll, and through libuv's pool) and mutual TLS over
// slirp's hostfwd. One HTTP server in the guest answers on all of them. Figures go into docs/adr/0005-guest-channel.md.
//   node scripts/with-node.mjs bench/guest-channel/measure.mjs [--rounds N]        Linux, QEMU and openssl; about a minute
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect as connectTls } from 'node:tls';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '../..');
const megabytes = 32;
const tlsPort = 18443;
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
const at = (name) => join(folder, name);

execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj', '/CN=guest', '-keyout', at('tls.key'), '-out', at('tls.crt')], { stdio: 'pipe' });
execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', at('data.qcow2'), '1G']);
const built = spawnSync(process.execPath, [join(root, 'vm-assets/build.mjs'), '--engine', join(import.meta.dirname, 'guest'), '--out', at('image')], { encoding: 'utf8' });
if (built.status !== 0) throw new Error(`the image could not be built: ${built.stdout}${built.stderr}`);
const { cmdline } = JSON.parse(readFileSync(at('image/manifest.json'), 'utf8'));

const qemu = spawn(
  'qemu-system-x86_64',
  [
    ...['-M', 'q35,usb=off,sata=off,smbus=off,vmport=off,smm=off', '-bios', 'qboot.rom', '-accel', 'tcg,thread=multi', '-cpu', 'max', '-m', '1024', '-smp', '2'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
    ...['-kernel', at('image/kernel'), '-initrd', at('image/initrd.cpio'), '-append', `${cmdline.base} ${cmdline.tcg}`],
    ...['-drive', `id=root,file=${at('image/root.erofs')},format=raw,if=none,readonly=on`, '-device', 'virtio-blk-pci,drive=root'],
    ...['-drive', `id=data,file=${at('data.qcow2')},if=none`, '-device', 'virtio-blk-pci,drive=data,serial=slipway-data'],
    ...['-netdev', `user,id=n0,ipv6=off,hostfwd=tcp:127.0.0.1:${tlsPort}-:8443`, '-device', 'virtio-net-pci,netdev=n0', '-device', 'virtio-serial-pci'],
    ...[0, 1, 2].flatMap((index) => ['-chardev', `socket,id=c${index},path=${at(`${index}.sock`)},server=on,wait=off`, '-device', `virtserialport,chardev=c${index},name=slipway.${index}`]),
    ...['-fw_cfg', `name=opt/slipway/tls-key,file=${at('tls.key')}`, '-fw_cfg', `name=opt/slipway/tls-cert,file=${at('tls.crt')}`],
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
process.on('exit', () => {
  qemu.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const sockets = [];
const port = (index) => sockets[index];
/** Ports are connected before the guest opens them: it would read their end otherwise. */
for (const index of [0, 1, 2]) {
  while (!existsSync(at(`${index}.sock`))) await new Promise((resolve) => setTimeout(resolve, 10));
  const socket = connect(at(`${index}.sock`));
  await once(socket, 'connect');
  sockets.push(socket);
}
for await (const line of createInterface({ input: qemu.stdout })) if (line.includes('bench: ready')) break;
qemu.stdout.pipe(process.stderr);

const credentials = { key: readFileSync(at('tls.key')), cert: readFileSync(at('tls.crt')), ca: readFileSync(at('tls.crt')), checkServerIdentity: () => undefined };
async function tls() {
  const socket = connectTls({ host: '127.0.0.1', port: tlsPort, ...credentials });
  socket.setNoDelay(true);
  await once(socket, 'secureConnect');
  keepOpen(socket);
  return socket;
}

/** Node's client gives a connection up after each request unless an agent keeps it: these outlive their requests. */
function keepOpen(socket) {
  socket.destroySoon = () => undefined;
}

async function call(socket, path, size = 0) {
  const outgoing = request({ path, method: size > 0 ? 'POST' : 'GET', createConnection: () => socket, headers: { connection: 'keep-alive', ...(size > 0 ? { 'content-length': size } : {}) } });
  const block = Buffer.alloc(64 * 1024);
  for (let left = size; left > 0; left -= block.length) if (!outgoing.write(block)) await once(outgoing, 'drain');
  outgoing.end();
  const [response] = await once(outgoing, 'response');
  let bytes = 0;
  for await (const chunk of response) bytes += chunk.length;
  return bytes;
}
for (const socket of sockets) keepOpen(socket);

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
async function timed(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
async function measure(name, connections) {
  const [first] = connections;
  await call(first, '/ping');
  const pings = [];
  for (let i = 0; i < 200; i++) pings.push(await timed(() => call(first, '/ping')));
  const size = megabytes * 1024 * 1024;
  const share = size / connections.length;
  const down = await timed(() => Promise.all(connections.map((connection) => call(connection, `/source/${share}`))));
  const up = await timed(() => Promise.all(connections.map((connection) => call(connection, '/sink', share))));
  return { name, ping: median(pings), down: size / 1e3 / down, up: size / 1e3 / up };
}

const kept = [];
// slirp answers for a guest that does not listen yet, and resets a moment later.
while (kept.length < 2) kept.push(...(await tls().then(async (socket) => [await call(socket, '/ping'), socket].slice(1), () => [])));
const rows = new Map();
for (let round = 0; round < Number(values.rounds); round++) {
  const results = [
    await measure('virtio-serial, epoll, 1 port', [port(0)]),
    await measure('virtio-serial, epoll, 2 ports', [port(0), port(1)]),
    await measure('virtio-serial, libuv pool, 1 port', [port(2)]),
    await measure('mutual TLS over slirp, 1 connection', [kept[0]]),
    await measure('mutual TLS over slirp, 2 connections', kept),
  ];
  for (const result of results) rows.set(result.name, [...(rows.get(result.name) ?? []), result]);
}
const handshakes = [];
for (let i = 0; i < 30; i++) {
  handshakes.push(
    await timed(async () => {
      const socket = await tls();
      await call(socket, '/ping');
      socket.destroy();
    }),
  );
}
const parallel = await timed(() =>
  Promise.allSettled(
    Array.from({ length: 20 }, async () => {
      const socket = await tls();
      await call(socket, '/ping');
      socket.destroy();
    }),
  ),
);

console.log('| way | ping, ms | guest → host, MB/s | host → guest, MB/s |\n|---|--:|--:|--:|');
for (const [name, list] of rows) console.log(`| ${name} | ${median(list.map((r) => r.ping)).toFixed(2)} | ${median(list.map((r) => r.down)).toFixed(0)} | ${median(list.map((r) => r.up)).toFixed(0)} |`);
console.log(`a new mutual-TLS connection with one ping: ${median(handshakes).toFixed(1)} ms; 20 of them at once: ${(parallel / 1000).toFixed(2)} s`);
process.exit(0);
