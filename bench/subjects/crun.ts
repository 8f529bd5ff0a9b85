import { once } from 'node:events';
import { join } from 'node:path';
import { end } from './end.ts';
import { spawnApart, withoutUnifiedCgroups } from './namespaces.ts';

/** Runs crun where it works, and takes the time right there. */
export interface CrunRunner {
  /** Runs `crun` with these arguments to its end. @returns milliseconds. @throws Error with what it said */
  time(...args: string[]): Promise<number>;
  stop(): Promise<void>;
}

export async function startCrun(root: string): Promise<CrunRunner> {
  const child = spawnApart([process.execPath, join(import.meta.dirname, 'crun-timer.ts')], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }, [withoutUnifiedCgroups]);
  await once(child, 'message');
  return {
    async time(...args) {
      child.send(['crun', '--root', root, ...args]);
      const [answer] = (await once(child, 'message')) as [{ milliseconds: number; exitCode: number; said: string }];
      if (answer.exitCode !== 0) throw new Error(`crun ${args.join(' ')}: ${answer.said}`);
      return answer.milliseconds;
    },
    stop: () => end(child),
  };
}
