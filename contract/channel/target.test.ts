import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiBytes } from './ascii.ts';
import { parseHostAnswer, parseHostRequest } from './host-requests.ts';
import { encodeTarget, parseTarget, type StreamTarget } from './target.ts';

describe('stream targets', () => {
  it.each<StreamTarget>([{ kind: 'api' }, { kind: 'host' }, { kind: 'port', protocol: 'tcp', hostIp: '', hostPort: 8080 }, { kind: 'port', protocol: 'udp', hostIp: '::1', hostPort: 53 }])(
    'come back as they were: %j',
    (target) => expect(parseTarget(encodeTarget(target))).toEqual(target),
  );

  it.each(['', 'apis', 'api/x', 'port', 'port/tcp//0', 'port/tcp//65536', 'port/sctp//80', 'port/tcp/localhost/80', 'port/tcp//80/x', 'port/tcp//8e1'])('refuse %j', (text) => {
    expect(parseTarget(asciiBytes(text, 100))).toBeNull();
  });
});

describe('host requests', () => {
  const port = { protocol: 'tcp', hostIp: '', hostPort: 8080 };
  it('are read from a line of JSON', () => {
    expect(parseHostRequest(JSON.stringify({ id: 1, method: 'ports.reserve', port }))).toEqual({ id: 1, method: 'ports.reserve', port });
    const direct = { ...port, lane: 20_000 };
    expect(parseHostRequest(JSON.stringify({ id: 2, method: 'ports.sync', ports: [port, direct] }))).toMatchObject({ id: 2, ports: [port, direct] });
  });

  it.each([
    ['{', null],
    ['null', null],
    ['{"id":"1"}', null],
    ['{"id":1,"method":"exec"}', 1],
    ['{"id":1,"method":"ports.reserve"}', 1],
    ['{"id":1,"method":"ports.sync","ports":[{"protocol":"tcp","hostIp":"","hostPort":"80"}]}', 1],
    ['{"id":1,"method":"ports.reserve","port":{"protocol":"tcp","hostIp":"","hostPort":80,"lane":0}}', 1],
    ['{"id":1,"method":"ports.reserve","port":{"protocol":"udp","hostIp":"","hostPort":80,"lane":20000}}', 1],
  ])('refuse %s', (line, id) => {
    expect(parseHostRequest(line)).toMatchObject({ id, invalid: expect.any(String) });
  });

  it('and answers never throw, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        parseHostRequest(line);
        parseHostAnswer(line);
      }),
    );
  });
});
