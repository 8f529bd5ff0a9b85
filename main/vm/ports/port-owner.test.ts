import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPortOwner, listeningInodes, parseLsof, parseNetstat, parseTasklist } from './port-owner.ts';

describe('who holds a port', () => {
  it.runIf(process.platform === 'linux')('is found for a real listener', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    // The program, not the name that its main thread gave itself.
    expect(await findPortOwner(port)).toBe(`${basename(process.execPath)} (process ${process.pid})`);
    server.close();
    await once(server, 'close');
    expect(await findPortOwner(port)).toBeNull();
  });

  it('is read from /proc/net/tcp: listening sockets of that port alone', () => {
    const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 31337 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C3A2 01 00000000:00000000 00:00000000 00000000  1000        0 31338 1 0 20 4 30 10 -1
   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 17 1 0 100 0 0 10 0`;
    expect(listeningInodes(table, 8080)).toEqual(['31337']);
    expect(listeningInodes(table, 80)).toEqual([]);
  });

  it('is read from lsof', () => {
    expect(parseLsof('p812\ncnginx\n')).toBe('nginx (process 812)');
    expect(parseLsof('')).toBeNull();
  });

  it('is read from netstat and tasklist, in any language', () => {
    const output = '\r\n  Proto  Lokale Adresse         Remoteadresse          Status           PID\r\n  TCP    0.0.0.0:8080           0.0.0.0:0              ABHÖREN          812\r\n  TCP    127.0.0.1:8080         127.0.0.1:50000        HERGESTELLT      900\r\n';
    expect(parseNetstat(output, 8080)).toBe(812);
    expect(parseNetstat(output, 80)).toBeNull();
    expect(parseTasklist('"nginx.exe","812","Console","1","9.000 K"\r\n')).toBe('nginx.exe (process 812)');
    expect(parseTasklist('INFO: No tasks are running which match the specified criteria.')).toBeNull();
  });
});
