// Stands in for the engine in tests of the image: answers on the engine's socket and runs what the host asks for over the first virtio-serial
// port, one JSON line each way: {"run": "shell"} → {"code", "stdout", "stderr"}, {"exit": 3} ends this process.
import { execFile } from 'node:child_process';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';

// Beside this file in the guest.
const addon = { exports: {} };
process.dlopen(addon, `${import.meta.dirname}/koffi.node`);
const koffi = addon.exports;

const option = (name) => process.argv[process.argv.indexOf(`--${name}`) + 1];
const socket = option('socket');
rmSync(socket, { force: true });
createServer((request, response) => response.end('OK')).listen(socket, () => {
  console.log(JSON.stringify({ listening: socket, ms: Math.round(performance.now()), koffi: typeof koffi.load }));
  serve(option('guest-port'));
});

function serve(port) {
  let fd;
  try {
    fd = openSync(port, 'r+');
  } catch {
    return;
  }
  process.on('exit', () => closeSync(fd));
  const chunk = Buffer.alloc(65536);
  let text = '';
  const poll = () => {
    // Without a host at the other end the port reads as ended; with one that is silent a read would block, so ask poll(2) first.
    const length = readable(fd) ? readSync(fd, chunk) : 0;
    text += chunk.toString('utf8', 0, length);
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      answer(fd, JSON.parse(text.slice(0, end)));
      text = text.slice(end + 1);
    }
    setTimeout(poll, 20);
  };
  poll();
}

const poll = koffi.load(null).func('int poll(void *fds, unsigned long count, int timeout)');

function readable(fd) {
  const entry = Buffer.alloc(8);
  entry.writeInt32LE(fd, 0);
  entry.writeInt16LE(1, 4);
  return poll(entry, 1, 0) === 1 && (entry.readInt16LE(6) & 1) === 1;
}

function answer(fd, request) {
  if (request.exit !== undefined) process.exit(request.exit);
  execFile('/bin/sh', ['-c', request.run], { maxBuffer: 1 << 24 }, (error, stdout, stderr) => writeSync(fd, `${JSON.stringify({ code: error?.code ?? 0, stdout, stderr })}\n`));
}
