import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parseCommandLine } from '../command-line.ts';
import type { EngineConfig } from '../config.ts';
import { practise } from './practice.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-practice-'));
const config = { ...parseCommandLine(['--root', join(folder, 'data'), '--exec-root', folder, '--socket', join(folder, 'docker.sock')]), guestKeyFile: join(folder, 'key'), builtinImages: '/images' };
const lines: string[] = [];

afterEach(() => lines.splice(0));

describe('practice', () => {
  it('asks an engine on a root of its own, and leaves nothing of it', async () => {
    const asked: string[] = [];
    let given: EngineConfig | undefined;
    let isClosed = false;
    const server = createServer((request, response) => response.end(asked.push(request.url ?? '') < 3 ? 'short' : 'x'.repeat(1 << 20)));
    await practise(config, (changed) => {
      given = changed;
      expect(existsSync(changed.root)).toBe(true);
      return Promise.resolve({ server, close: () => Promise.resolve(void (isClosed = true)) });
    }, (line) => lines.push(line));
    expect(asked).toEqual(expect.arrayContaining(['/_ping', '/v1.47/containers/json?all=1', '/info']));
    // The key and the socket are the real engine's, and images take time that nobody practises for.
    expect(given).toMatchObject({ execRoot: folder, root: join(folder, 'practice'), socket: join(folder, 'practice/docker.sock') });
    expect(given?.guestKeyFile).toBeUndefined();
    expect(given?.builtinImages).toBeUndefined();
    expect({ isClosed, isLeft: existsSync(join(folder, 'practice')), lines }).toEqual({ isClosed: true, isLeft: false, lines: [] });
  });

  it('that fails is said, and nothing more', async () => {
    await practise(config, () => Promise.reject(new Error('no bridge')), (line) => lines.push(line));
    expect(lines).toEqual(['practice: no bridge']);
    expect(existsSync(join(folder, 'practice'))).toBe(false);
    rmSync(folder, { recursive: true });
  });
});
