import { describe, expect, it } from 'vitest';
import { holdingInodes } from './port-holder.ts';

/** As in /proc/net/tcp: 127.0.0.1:8080 listening, 0.0.0.0:22 listening, and a connection from port 8080. */
const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0 100 0 0 10 0
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4343 1 0 100 0 0 10 0
   2: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000  1000        0 4444 1 0 100 0 0 10 0
`;
const tcp = (hostPort: number, hostIp: string) => ({ protocol: 'tcp' as const, hostIp, hostPort });

describe('who holds a port', () => {
  it('is whoever listens on an address that collides', () => {
    expect(holdingInodes(table, tcp(8080, '127.0.0.1'))).toEqual(['4242']);
    expect(holdingInodes(table, tcp(8080, '0.0.0.0'))).toEqual(['4242']);
    expect(holdingInodes(table, tcp(8080, '127.0.0.2'))).toEqual([]);
    expect(holdingInodes(table, tcp(22, '192.0.2.1'))).toEqual(['4343']);
    expect(holdingInodes(table, tcp(23, '0.0.0.0'))).toEqual([]);
    expect(holdingInodes('', tcp(22, ''))).toEqual([]);
  });
});
