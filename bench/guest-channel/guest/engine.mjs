// Stands where the engine stands in the VM image and serves one HTTP server over every transport that measure.mjs compares.
import { readFileSync, openSync, constants } from 'node:fs';
import { createServer } from 'node:http';
import { Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Duplex } from 'node:stream';
import { read, write } from 'node:fs';

const given = (name) => readFileSync(`/sys/firmware/qemu_fw_cfg/by_name/opt/slipway/${name}/raw`);
const block = Buffer.alloc(64 * 1024);

const server = createServer((request, response) => {
  const [, verb, amount] = request.url.split('/');
  if (verb === 'ping') return void response.end('OK');
  if (verb === 'sink') return void request.resume().on('end', () => response.end('OK'));
  let left = Number(amount);
  response.writeHead(200, { 'content-length': left });
  const send = () => {
    while (left > 0) {
      const part = left < block.length ? block.subarray(0, left) : block;
      left -= part.length;
      if (!response.write(part)) return void response.once('drain', send);
    }
    response.end();
  };
  send();
});
// Connections stay for the whole measurement, used or not.
Object.assign(server, { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 });

/** Through libuv's pipe handle: epoll, no thread pool (engine/guest/port-device.ts). */
function openPolled(path) {
  const { Pipe, constants: types } = process.binding('pipe_wrap');
  const handle = new Pipe(types.SOCKET);
  handle.open(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
  return new Socket({ handle, readable: true, writable: true, allowHalfOpen: true });
}

/** Through `fs`: each read waits in a thread of libuv's pool. */
function openPooled(path) {
  const fd = openSync(path, 'r+');
  const buffer = Buffer.alloc(64 * 1024);
  return new Duplex({
    read() {
      read(fd, buffer, 0, buffer.length, null, (error, size) => {
        if (error) this.destroy(error);
        else if (size === 0) setTimeout(() => this._read(), 20);
        else this.push(Buffer.from(buffer.subarray(0, size)));
      });
    },
    write(chunk, _encoding, callback) {
      write(fd, chunk, (error, size) => (error || size === chunk.length ? callback(error) : this._write(chunk.subarray(size), _encoding, callback)));
    },
  });
}

createTlsServer({ key: given('tls-key'), cert: given('tls-cert'), ca: given('tls-cert'), requestCert: true, rejectUnauthorized: true, noDelay: true }, (socket) =>
  server.emit('connection', socket),
)
  .on('tlsClientError', (error) => console.log(`bench: TLS: ${error.message} at ${new Date().toISOString()}`))
  .listen(8443);
server.emit('connection', openPolled('/dev/virtio-ports/slipway.0'));
server.emit('connection', openPolled('/dev/virtio-ports/slipway.1'));
server.emit('connection', openPooled('/dev/virtio-ports/slipway.2'));
server.listen('/run/slipway/docker.sock', () => console.log('bench: ready'));
