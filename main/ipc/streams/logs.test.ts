import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { streamWindow } from '../../../contract/ipc-wire.ts';
import { encodeStdFrame } from '../../../contract/stdcopy.ts';
import { sendJson, startTestEngine, type Route } from '../../testing/test-engine.ts';
import { serveTestWindow } from '../../testing/test-services.ts';
import { LogDecoder } from './log-decoder.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('LogDecoder', () => {
  it('joins a character that lies in two frames, apart for each stream', () => {
    const euro = bytes('€');
    const decoder = new LogDecoder(false);
    expect(decoder.push(encodeStdFrame('stdout', euro.subarray(0, 1)))).toEqual([]);
    expect(decoder.push(encodeStdFrame('stderr', bytes('err\n')))).toEqual([{ stream: 'stderr', text: 'err\n' }]);
    expect(decoder.push(encodeStdFrame('stdout', euro.subarray(1)))).toEqual([{ stream: 'stdout', text: '€' }]);
    expect(decoder.end()).toEqual([]);
  });

  it('gives the same text however the bytes are cut', () => {
    const whole = Buffer.concat([encodeStdFrame('stdout', bytes('größe 🚢\n')), encodeStdFrame('stderr', bytes('ärger\n')), encodeStdFrame('stdout', bytes('end\n'))]);
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const decoder = new LogDecoder(false);
      const chunks = [...decoder.push(whole.subarray(0, cut)), ...decoder.push(whole.subarray(cut)), ...decoder.end()];
      expect(chunks.filter(({ stream }) => stream === 'stdout').map(({ text }) => text).join('')).toBe('größe 🚢\nend\n');
      expect(chunks.filter(({ stream }) => stream === 'stderr').map(({ text }) => text).join('')).toBe('ärger\n');
    }
  });

  it('makes one chunk of many lines, and several of a long one', () => {
    const lines = Buffer.concat(Array.from({ length: 500 }, (_, line) => encodeStdFrame('stdout', bytes(`${line}\n`))));
    expect(new LogDecoder(false).push(lines)).toHaveLength(1);
    const long = new LogDecoder(true).push(bytes('x'.repeat(200_000)));
    expect(long.map(({ text }) => text.length)).toEqual([65536, 65536, 65536, 3392]);
  });

  it('takes a TTY’s bytes as they are, and marks what is no UTF-8', () => {
    const decoder = new LogDecoder(true);
    expect(decoder.push(new Uint8Array([0x61, 0xff, 0xe2]))).toEqual([{ stream: 'stdout', text: 'a\ufffd' }]);
    expect(decoder.end()).toEqual([{ stream: 'stdout', text: '\ufffd' }]);
  });
});

async function logsOf(tty: boolean, write: Route) {
  const engine = await startTestEngine({
    'GET /containers/abc/json': (_request, response) => sendJson(response, 200, { Config: { Tty: tty } }),
    'GET /containers/abc/logs': write,
  });
  onTestFinished(() => engine.close());
  return serveTestWindow(engine.client).window;
}

const params = { id: 'abc', follow: true, tail: 100, timestamps: false };

describe('containers/logs', () => {
  it('sends text and ends with the log', async () => {
    const window = await logsOf(false, (_request, response) => response.end(Buffer.concat([encodeStdFrame('stdout', bytes('out\n')), encodeStdFrame('stderr', bytes('err\n'))])));
    window.open(1, 'containers/logs', params);
    expect(await window.end(1)).toEqual({ type: 'end', stream: 1 });
    expect(window.data(1)).toEqual([
      { stream: 'stdout', text: 'out\n' },
      { stream: 'stderr', text: 'err\n' },
    ]);
  });

  it('says that the engine broke off', async () => {
    const window = await logsOf(true, (_request, response) => {
      response.write('line\n');
      response.socket?.destroySoon();
    });
    window.open(1, 'containers/logs', params);
    expect(await window.end(1)).toMatchObject({ error: { kind: 'unavailable' } });
  });

  it('lets go of the engine when the window closes the stream, or goes', async () => {
    const closed: Promise<unknown>[] = [];
    const window = await logsOf(true, (_request, response) => {
      closed.push(once(response, 'close'));
      response.write('line\n');
    });
    for (const stream of [1, 2]) {
      window.open(stream, 'containers/logs', params);
      await window.until((message) => message.type === 'data' && message.stream === stream);
    }
    window.say({ type: 'close', stream: 1 });
    expect(await window.end(1)).toEqual({ type: 'end', stream: 1 });
    await closed[0];
    window.leave();
    await closed[1];
  });

  it('reads only as much as the window takes', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const total = 16 * 1024 * 1024;
    let written = 0;
    const stalled = Promise.withResolvers<void>();
    let again: () => void = () => undefined;
    const window = await logsOf(true, (_request, response) => {
      const pump = () => {
        while (written < total) {
          written += chunk.length;
          if (!response.write(chunk)) return response.once('drain', pump);
        }
        return response.end();
      };
      // Once the window's room is used up and every buffer on the way is full, no drain comes any more.
      let last = -1;
      again = () => {
        if (written === last) stalled.resolve();
        else {
          last = written;
          setImmediate(() => setImmediate(() => setImmediate(again)));
        }
      };
      pump();
    });
    window.open(1, 'containers/logs', params);
    await window.until(() => window.data(1).length === streamWindow);
    again();
    await stalled.promise;
    expect(window.data(1)).toHaveLength(streamWindow);
    expect(written).toBeLessThan(8 * 1024 * 1024);

    // With the room given back all of it comes.
    for (let taken = 0; taken * chunk.length < total; ) {
      await window.until(() => window.data(1).length > taken);
      window.say({ type: 'credit', stream: 1, count: window.data(1).length - taken });
      taken = window.data(1).length;
    }
    expect(await window.end(1)).toEqual({ type: 'end', stream: 1 });
    expect(window.text(1).length).toBe(total);
  });
});
