import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { RefusedByGuestError } from '../driver.ts';
import type { GuestTarget } from '../vm.ts';
import { openPort } from './open-port.ts';

const [direct, stream] = [new PassThrough(), new PassThrough()];
const port = { kind: 'port', protocol: 'tcp', hostIp: '', hostPort: 8080 } as const;
let dialled: number[];
let asked: GuestTarget[];
let lines: string[];
let refusal: Error | null;

beforeEach(() => {
  [dialled, asked, lines, refusal] = [[], [], [], null];
});

const guest = { openStream: (target: GuestTarget) => (asked.push(target), Promise.resolve(stream)) };
const dial = (lane: number) => (dialled.push(lane), refusal === null ? Promise.resolve(direct) : Promise.reject(refusal));
const open = (target: GuestTarget, vm: { dial?: typeof dial } = { dial }) => openPort({ vm, guest }, target, (line) => lines.push(line));

describe('a connection to a published port', () => {
  it('goes by its lane', async () => {
    expect(await open({ ...port, lane: 10_000 })).toBe(direct);
    expect([dialled, asked]).toEqual([[10_000], []]);
  });

  it('goes by the channel where it has none, and where the VM has no such way; so does the API', async () => {
    expect([await open(port), await open({ ...port, lane: 10_000 }, {}), await open({ kind: 'api' })]).toEqual([stream, stream, stream]);
    expect(dialled).toEqual([]);
  });

  it('goes by the channel when the way is closed, and says so; not when the container refuses', async () => {
    refusal = new Error('QEMU forwards no port: full');
    expect(await open({ ...port, lane: 10_000 })).toBe(stream);
    expect(lines).toEqual(['port 8080: by the guest channel, as QEMU forwards no port: full']);
    refusal = new RefusedByGuestError();
    await expect(open({ ...port, lane: 10_000 })).rejects.toThrow('nothing answers in the container');
    expect(asked).toHaveLength(1);
  });
});
