import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';

/**
 * How a clone makes its VM image anew, for a start that found it damaged. Undefined where the recipe is not there.
 * @param say is told what the build prints, line by line.
 */
export function imageRebuilder(projectRoot: string, say: (line: string) => void): (() => Promise<void>) | undefined {
  const recipe = join(projectRoot, 'vm-assets', 'build.mjs');
  if (!existsSync(recipe)) return undefined;
  return async () => {
    const child = spawn(process.execPath, [recipe, '--force'], { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] });
    let last = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n').filter((part) => part.trim() !== '')) say((last = line));
      });
    }
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Failure('internal', `The VM image could not be built: ${last}`, { hint: 'Run npm run vm:image to see all of its output.' });
  };
}
