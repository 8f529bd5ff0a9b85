// Runs in the guest, in the network of a container: TCP connections to the port that is its argument go on to the engine's vsock port, by the kernel's loopback.
const net = require('node:net');
const koffi = require('/opt/slipway/engine/koffi.node');
const { Pipe, constants } = process.binding('pipe_wrap');

const libc = koffi.load('libc.so.6');
const socket = libc.func('int socket(int domain, int type, int protocol)');
const connect = libc.func('int connect(int fd, const void *address, uint32_t size)');

/** Source: linux/vm_sockets.h. */
function dial(port) {
  const fd = socket(40, 1, 0);
  const name = Buffer.alloc(16);
  name.writeUInt16LE(40, 0);
  name.writeUInt32LE(port, 4);
  // VMADDR_CID_LOCAL
  name.writeUInt32LE(1, 8);
  if (connect(fd, name, name.length) !== 0) return null;
  const handle = new Pipe(constants.SOCKET);
  handle.open(fd);
  return new net.Socket({ handle, readable: true, writable: true });
}

net
  .createServer((host) => {
    const guest = dial(1936484720);
    if (guest === null) return host.destroy();
    host.pipe(guest).pipe(host);
    for (const end of [host, guest]) end.on('error', () => {}).on('close', () => (host.destroy(), guest.destroy()));
  })
  .listen(Number(process.argv[1]), () => console.log('relays'));
