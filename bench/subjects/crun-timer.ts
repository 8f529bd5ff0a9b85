import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// A program of its own, because it lives in the namespaces that crun needs. Gets command lines, answers what they took.
const directory = mkdtempSync(join(tmpdir(), 'slipway-bench-crun-'));
const said = join(directory, 'said');
// A file and no pipe: a detached container keeps what it is given, and nobody would read it.
const output = openSync(said, 'a');

process.on('message', (command: string[]) => {
  truncateSync(said);
  const start = performance.now();
  const { status } = spawnSync(command[0]!, command.slice(1), { stdio: ['ignore', output, output] });
  const milliseconds = performance.now() - start;
  process.send!({ milliseconds, exitCode: status ?? -1, said: readFileSync(said, 'utf8').trim() });
});
const leave = () => {
  closeSync(output);
  rmSync(directory, { recursive: true, force: true });
  process.exit(0);
};
process.on('SIGTERM', leave);
process.on('disconnect', leave);
process.send!('ready');
