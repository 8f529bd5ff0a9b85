// The server of a container whose ports are measured; runs on the guest's own Node. One word a connection: `get BYTES` sends so many, `put` counts what comes,
// `reset` breaks the connection after a word, anything else comes back; a connection that a client breaks is a line of output. UDP comes back on the same port.
const chunk = Buffer.alloc(256 * 1024, 7);
const [port] = process.argv.slice(-1).map(Number);

require('net')
  .createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', (error) => {
      console.log(error.code);
      socket.destroy();
    });
    socket.once('data', (first) => {
      const [word, bytes] = first.toString('latin1', 0, 40).trim().split(/\s+/);
      if (word === 'get') {
        let left = Number(bytes);
        const send = () => {
          while (left > 0) {
            const part = left < chunk.length ? chunk.subarray(0, left) : chunk;
            left -= part.length;
            if (!socket.write(part)) return socket.once('drain', send);
          }
          socket.end();
        };
        send();
      } else if (word === 'put') {
        let count = first.length;
        socket.on('data', (part) => (count += part.length)).on('end', () => socket.end(String(count)));
      } else if (word === 'reset') {
        socket.write('half', () => setTimeout(() => socket.resetAndDestroy(), 100));
      } else {
        socket.write(first);
        socket.pipe(socket);
      }
    });
  })
  .listen(port, '0.0.0.0', 1024, () => console.log('serves'));

const datagrams = require('dgram').createSocket('udp4');
datagrams.on('message', (message, from) => datagrams.send(message, from.port, from.address));
datagrams.bind(port);
