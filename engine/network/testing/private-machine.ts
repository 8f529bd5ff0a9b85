import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mount, MountFlag, umount2, UmountFlag } from '../../lib/syscalls/files.ts';
import { CloneFlag, unshare } from '../../lib/syscalls/process.ts';
import { runCommand } from '../../lib/processes/run-command.ts';

/**
 * Gives the test process's main thread network and mounts of its own, so that no rule, link or mount of a test touches the
 * machine and none is left when the process ends. Threads of the pool stay outside, which does not matter: sockets are
 * made, and namespaces mounted, on the main thread.
 * @returns a directory for the test.
 */
export async function enterPrivateMachine(): Promise<string> {
  unshare(CloneFlag.newNet | CloneFlag.newNs);
  mount({ target: '/', flags: MountFlag.recursive | MountFlag.private });
  await run('ip', 'link', 'set', 'lo', 'up');
  return mkdtempSync(join(tmpdir(), 'slipway-network-'));
}

export function leavePrivateMachine(directory: string): void {
  const mounts = readFileSync('/proc/thread-self/mountinfo', 'utf8').split('\n').map((line) => line.split(' ')[4] ?? '');
  for (const target of mounts.filter((path) => path.startsWith(directory)).reverse()) umount2(target, UmountFlag.detach);
  rmSync(directory, { recursive: true });
}

/** Another machine on the same wire: 192.0.2.1 here, 192.0.2.2 there. @returns the path of its namespace. */
export async function addNeighbour(directory: string): Promise<string> {
  const path = join(directory, 'neighbour');
  writeFileSync(path, '');
  await run('unshare', `--net=${path}`, 'ip', 'link', 'set', 'lo', 'up');
  await run('ip', 'link', 'add', 'wire0', 'type', 'veth', 'peer', 'name', 'wire1', 'netns', path);
  await run('ip', 'addr', 'add', '192.0.2.1/24', 'dev', 'wire0');
  await run('ip', 'link', 'set', 'wire0', 'up');
  await run('nsenter', `--net=${path}`, 'ip', 'addr', 'add', '192.0.2.2/24', 'dev', 'wire1');
  await run('nsenter', `--net=${path}`, 'ip', 'link', 'set', 'wire1', 'up');
  return path;
}

export async function run(file: string, ...args: string[]): Promise<string> {
  return (await runCommand(file, args)).stdout;
}

/** Runs a program in a network namespace to its end. @returns its output and exit code. */
export async function runIn(netns: string, ...command: string[]): Promise<{ exitCode: number; stdout: string }> {
  return runCommand('nsenter', [`--net=${netns}`, ...command], { accept: Array.from({ length: 255 }, (_, code) => code + 1) });
}

/** An HTTP server in a network namespace that answers `text` at `/`. @returns a function that ends it. */
export async function serveIn(netns: string | null, port: number, text: string): Promise<() => Promise<void>> {
  const script = `require('node:http').createServer((_, answer) => answer.end(${JSON.stringify(text)} + ' to ' + _.socket.remoteAddress.replace("::ffff:", ""))).listen(${port}, '::', () => console.log('up'))`;
  return startNode(netns, script);
}

/** A UDP server that sends back what it gets, after `text`. */
export async function echoIn(netns: string, port: number, text: string): Promise<() => Promise<void>> {
  const script = `const s = require('node:dgram').createSocket('udp4'); s.on('message', (m, r) => s.send(${JSON.stringify(text)} + m, r.port, r.address)); s.bind(${port}, () => console.log('up'))`;
  return startNode(netns, script);
}

async function startNode(netns: string | null, script: string): Promise<() => Promise<void>> {
  const node = [process.execPath, '-e', script];
  const child: ChildProcess = netns === null ? spawn(node[0]!, node.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] }) : spawn('nsenter', [`--net=${netns}`, ...node], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout!, 'data');
  return async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
}
