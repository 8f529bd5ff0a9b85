import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseCommandLine } from '../command-line.ts';
import { Door } from '../door.ts';
import { practise } from '../guest/practice.ts';
import { startEngine } from '../main.ts';
import { shimdEntry } from '../testing/engine-entry.ts';

/** What an engine changes of its machine: links, tables of the packet filter, mounts and prepared namespaces. */
function machine(execRoot: string): object {
  const netns = join(execRoot, 'netns');
  return {
    links: execFileSync('ip', ['-br', 'link'], { encoding: 'utf8' }).split('\n').map((line) => line.split(' ')[0]),
    tables: execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' }),
    mounts: readFileSync('/proc/self/mounts', 'utf8').split('\n').filter((line) => line.includes(execRoot) && !line.includes(`${netns} `)),
    namespaces: existsSync(netns) ? readdirSync(netns) : [],
  };
}

it('a whole engine is practised and leaves the machine as it was', async () => {
  const execRoot = mkdtempSync(join(tmpdir(), 'slipway-practice-'));
  const config = parseCommandLine(['--root', join(execRoot, 'data'), '--exec-root', execRoot, '--socket', join(execRoot, 'docker.sock'), '--shimd', shimdEntry]);
  const lines: string[] = [];
  let answered = 0;
  mkdirSync(config.root);
  const before = machine(execRoot);
  try {
    await practise(config, async (other) => {
      const door = new Door(other, (line) => lines.push(line));
      door.server.on('request', (_request, response) => response.on('finish', () => (answered += response.statusCode === 200 ? 1 : 0)));
      return { server: door.server, ...(await startEngine(other, door)) };
    }, (line) => lines.push(line));
    expect(lines).toEqual([]);
    expect(answered).toBeGreaterThan(5);
    expect(machine(execRoot)).toEqual(before);
    expect(readdirSync(config.root)).toEqual([]);
    expect(existsSync(join(execRoot, 'practice'))).toBe(false);
  } finally {
    const shimd = join(execRoot, 'shimd/shimd.pid');
    if (existsSync(shimd)) process.kill(Number(readFileSync(shimd, 'utf8')), 'SIGTERM');
    rmSync(execRoot, { recursive: true, force: true });
  }
});
