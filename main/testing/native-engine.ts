import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const projectRoot = dirname(dirname(import.meta.dirname));

/** The real engine on this host, as a process of its own: root, crun and namespaces are needed. It is the bundle, which the set-up of these tests makes. */
export class NativeEngine {
  readonly socketPath: string;
  readonly #directory: string;
  #child: ChildProcess | undefined;

  constructor(directory: string) {
    this.#directory = directory;
    this.socketPath = join(directory, 'engine.sock');
  }

  /** @throws Error with the engine's output when it ends before it listens. */
  async start(): Promise<void> {
    const args = ['dist/engine/engine.mjs', '--root', join(this.#directory, 'root'), '--exec-root', join(this.#directory, 'exec'), '--socket', this.socketPath];
    const child = spawn(process.execPath, args, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const output: string[] = [];
    await new Promise<void>((resolve, reject) => {
      child.on('exit', (code) => reject(new Error(`the engine ended with ${code}:\n${output.join('\n')}`)));
      createInterface({ input: child.stderr }).on('line', (line) => output.push(line));
      createInterface({ input: child.stdout }).on('line', (line) => (line.includes('"listening"') ? resolve() : undefined));
    });
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill(signal);
    await ended;
  }

  /** Ends the engine and what outlives it. The containers must be gone. */
  async dispose(): Promise<void> {
    await this.kill('SIGTERM');
    const shimd = join(this.#directory, 'exec', 'shimd');
    for (const pid of execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n').flatMap((line) => (line.includes(shimd) ? [Number.parseInt(line, 10)] : []))) {
      process.kill(pid, 'SIGTERM');
    }
    // shimd lets go of its socket when it has ended.
    for (const deadline = Date.now() + 5_000; Date.now() < deadline && (await answers(join(shimd, 'shimd.sock'))); ) await delay(20);
    // Bind mounts that the engine keeps for its namespaces and snapshots.
    for (const line of readFileSync('/proc/self/mounts', 'utf8').split('\n').reverse()) {
      const target = line.split(' ')[1];
      if (target?.startsWith(`${this.#directory}/`) === true) execFileSync('umount', ['-l', target]);
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.on('connect', () => resolve(true)).on('error', () => resolve(false));
    probe.on('connect', () => probe.destroy());
  });
}

/** Writes a docker archive with one image `name` of one layer: busybox with its applets' links. Answers its path. */
export function busyboxArchive(directory: string, name: string): string {
  const rootfs = join(directory, 'rootfs');
  mkdirSync(join(rootfs, 'bin'), { recursive: true });
  copyFileSync('/bin/busybox', join(rootfs, 'bin/busybox'));
  for (const applet of ['sh', 'echo', 'sleep', 'cat', 'ps', 'kill', 'stty', 'tty', 'true', 'seq']) symlinkSync('busybox', join(rootfs, 'bin', applet));
  execFileSync('tar', ['-C', rootfs, '-cf', join(directory, 'layer.tar'), '.']);
  const diffId = `sha256:${createHash('sha256').update(readFileSync(join(directory, 'layer.tar'))).digest('hex')}`;
  const config = { architecture: process.arch === 'arm64' ? 'arm64' : 'amd64', os: 'linux', config: { Cmd: ['sh'], Env: ['PATH=/bin'] }, rootfs: { type: 'layers', diff_ids: [diffId] } };
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify([{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }]));
  const archive = join(directory, 'image.tar');
  execFileSync('tar', ['-C', directory, '-cf', archive, 'manifest.json', 'config.json', 'layer.tar']);
  return archive;
}
