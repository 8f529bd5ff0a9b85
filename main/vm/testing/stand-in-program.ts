import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A shell script in the place of a program, in a folder for PATH. */
export async function writeProgram(folder: string, name: string, script: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
}
