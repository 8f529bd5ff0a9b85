import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, pipeline } from 'node:stream';
import type { Readable } from 'node:stream';

/** Compressions that Node does not know, and the programs that do, the first one on the PATH being taken. */
const programs = {
  // A dictionary may be larger than the machine's memory; what xz itself makes needs 65 MiB at most.
  xz: [['xz', '--decompress', '--stdout', '--quiet', '--memlimit-decompress=512MiB'], ['busybox', 'xzcat']],
  bzip2: [['bzip2', '--decompress', '--stdout', '--quiet'], ['busybox', 'bzcat']],
} as const;

export type ForeignCompression = keyof typeof programs;

/** Who owns nothing, on every Linux. */
const nobody = 65534;

/**
 * The content of `source` by a program of the machine, never one of a container's root. It has two pipes and otherwise
 * nothing: no environment, no privileges, no file of the engine's. Destroying the answer ends it.
 * @throws Error when no program is there
 */
export function decompressByProgram(compression: ForeignCompression, source: Readable): Readable {
  const command = programs[compression].find(([name]) => isOnPath(name));
  if (command === undefined) {
    source.destroy();
    throw new Error(`${compression} compression needs the program ${compression} on the engine's PATH: install it, or compress with gzip or zstd`);
  }
  const [program, ...args] = command;
  const ids = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const child = spawn(program, args, { ...ids, cwd: '/', env: { PATH: process.env['PATH'] }, stdio: ['pipe', 'pipe', 'pipe'] });
  const output = new PassThrough({ readableHighWaterMark: 512 * 1024 });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-1000)));
  // A program that has seen enough closes its input; whether that is an error its exit code tells.
  pipeline(source, child.stdin, () => {
    if (source.errored !== null) output.destroy(source.errored);
  });
  child.stdout.pipe(output, { end: false });
  child.on('error', (error) => output.destroy(error));
  child.on('close', (code) => {
    if (code === 0) output.end();
    else output.destroy(new Error(`${compression}: ${said.trim() || `the program ended with ${code ?? 'a signal'}`}`));
  });
  output.on('error', () => undefined);
  output.on('close', () => {
    child.kill('SIGKILL');
    source.destroy();
  });
  return output;
}

function isOnPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => folder !== '' && existsSync(join(folder, name)));
}
