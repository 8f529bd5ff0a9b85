import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { createContainer, forever, removeContainer, timed } from '../client/containers.ts';
import { plainDownload, plainPut } from '../client/plain-transfer.ts';
import type { Bench, Engine, Measurement, Row } from '../row.ts';
import { againstDockerd, everyEngine } from '../row.ts';

const contents = ['large', 'many'] as const;
const committed = 'localhost/bench-committed';
/** tar fills its archives up to whole records, engines do not. */
const tarRecord = 10_240;

/** The archives that `docker cp` would send: one file of 100 MB; 10,000 files of 1 to 4 kB in 100 folders. */
function makeArchives(directory: string): Record<(typeof contents)[number], string> {
  const folder = join(directory, 'copy');
  const archives = { large: join(folder, 'large.tar'), many: join(folder, 'many.tar') };
  if (existsSync(archives.many)) return archives;
  mkdirSync(join(folder, 'large'), { recursive: true });
  writeFileSync(join(folder, 'large/file'), randomBytes(100_000_000));
  for (let index = 0; index < 100; index++) {
    mkdirSync(join(folder, 'many', String(index)), { recursive: true });
    for (let file = 0; file < 100; file++) writeFileSync(join(folder, 'many', String(index), String(file)), randomBytes(1000 + 30 * file));
  }
  for (const name of contents) {
    execFileSync('tar', ['-C', folder, '--owner=0', '--group=0', '-cf', archives[name], name]);
    rmSync(join(folder, name), { recursive: true });
  }
  return archives;
}

function open({ api, socket }: Engine, bench: Bench): Promise<Measurement> {
  const archives = makeArchives(bench.directory);
  return Promise.resolve({
    async measure() {
      const id = await createContainer(api, forever, { network: 'none' });
      const values: Record<string, number> = {};
      for (const name of contents) {
        const archive = readFileSync(archives[name]);
        values[`${name}-in`] = await timed(() => plainPut(socket, `/containers/${id}/archive?path=/tmp`, archive));
        values[`${name}-out`] = await timed(async () => {
          const bytes = await plainDownload(socket, `/containers/${id}/archive?path=/tmp/${name}`);
          if (bytes < archive.length - tarRecord) throw new Error(`only ${bytes} of ${archive.length} bytes came out of /tmp/${name}`);
        });
      }
      // podman wants a body.
      values['commit'] = await timed(() => api.ok('POST', `/commit?container=${id}&repo=${committed}&tag=latest`, {}));
      await removeContainer(api, id);
      await api.ok('DELETE', `/images/${committed}:latest`);
      return values;
    },
    close: () => Promise.resolve(),
  });
}

export const copy: Row = {
  name: 'copy',
  lines: [
    { key: 'large-in', title: 'cp of 100 MB into a container', unit: 'ms', goals: [againstDockerd(0.7)] },
    { key: 'large-out', title: 'cp of 100 MB out of it', unit: 'ms', goals: [againstDockerd(0.7)] },
    { key: 'many-in', title: 'cp of 10,000 small files into a container', unit: 'ms', goals: [againstDockerd(0.7)] },
    { key: 'many-out', title: 'cp of 10,000 small files out of it', unit: 'ms', goals: [againstDockerd(0.7)] },
    { key: 'commit', title: 'commit of the container with all of them', unit: 'ms', goals: [] },
  ],
  rounds: { full: 5, quick: 1 },
  warmUp: false,
  engines: everyEngine,
  open,
};
