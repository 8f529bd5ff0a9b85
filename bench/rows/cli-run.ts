import { timed } from '../client/containers.ts';
import { docker } from '../client/docker-cli.ts';
import { busybox } from '../material/names.ts';
import type { Row } from '../row.ts';
import { againstDockerd, everyEngine } from '../row.ts';

export const cliRun: Row = {
  name: 'cli-run',
  lines: [{ key: 'run', title: 'docker run --rm of true, by the CLI', unit: 'ms', goals: [againstDockerd(0.3)] }],
  rounds: { full: 15, quick: 3 },
  warmUp: true,
  engines: everyEngine,
  open: ({ socket }) =>
    Promise.resolve({
      measure: async () => ({ run: await timed(() => docker(socket, 'run', '--rm', busybox, 'true')) }),
      close: () => Promise.resolve(),
    }),
};
