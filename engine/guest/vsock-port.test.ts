import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { boundSocket, SocketType } from '../lib/syscalls/socket.ts';
import { VsockPort } from './vsock-port.ts';

async function accepted(port: VsockPort): Promise<Socket> {
  return vi.waitFor(() => port.accept(), { interval: 5, timeout: 10_000 });
}

/** A socket of another family, which this machine can connect to, stands for it: fails when Node loses the way in. */
describe.runIf(process.platform === 'linux')('a port that the host connects to', () => {
  it('gives each connection out once, oldest first', async () => {
    const { fd, port } = boundSocket(SocketType.stream, '127.0.0.1');
    const listening = new VsockPort(fd, 'vsock:7');
    expect(() => listening.accept()).toThrow('vsock:7: the host has not connected yet');
    for (const word of ['first', 'second']) {
      const host = connect(port, '127.0.0.1');
      host.write(word);
      const device = await accepted(listening);
      const [asked] = (await once(device, 'data')) as [Buffer];
      device.write(`${asked.toString()}, answered`);
      const [answer] = (await once(host, 'data')) as [Buffer];
      expect(answer.toString()).toBe(`${word}, answered`);
      // The host goes: the stream ends, as that of a virtio-serial port does.
      host.destroy();
      await once(device, 'end');
      device.destroy();
      expect(() => listening.accept()).toThrow('has not connected');
    }
    listening.close();
  });
});
