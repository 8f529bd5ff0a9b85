import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { timed } from '../client/containers.ts';
import { large, registryHost } from '../material/names.ts';
import type { Bench, Engine, Measurement, Row } from '../row.ts';
import { againstDockerd, againstFloor, everyEngine } from '../row.ts';

const run = promisify(execFile);

async function open(engine: Engine, bench: Bench): Promise<Measurement> {
  const { api } = engine;
  const { serve, serveInside } = await bench.material.registry();
  const registry = await (engine.inNetwork([]) === undefined ? serveInside(engine) : serve((command) => engine.inNetwork(command)!));
  const remove = () => api.request('DELETE', `/images/${large}?force=1`);
  return {
    async measure() {
      await remove();
      // What earlier rounds wrote must not be written in this one's time.
      await run('sync');
      const pull = await timed(async () => {
        const progress = (await api.ok('POST', `/images/create?fromImage=${encodeURIComponent(large)}`)).toString();
        if (progress.includes('"error"')) throw new Error(progress.trim().split('\n').at(-1));
      });
      await api.ok('GET', `/images/${large}/json`);
      return { pull };
    },
    async close() {
      await remove();
      await registry.stop();
    },
  };
}

/** The same blobs, one after the other, each into a folder of its own. */
async function openCurl(bench: Bench): Promise<Measurement> {
  const engine = bench.engines.get('slipway') ?? [...bench.engines.values()][0]!;
  const { serve, layers } = await bench.material.registry();
  const registry = await serve((command) => engine.inNetwork(command)!);
  const target = join(bench.directory, 'curl');
  const script = `set -e; for digest in ${layers.join(' ')}; do mkdir -p "${target}/$digest"; curl -sf http://${registryHost}/v2/bench/large/blobs/$digest | tar xz -C "${target}/$digest"; done`;
  return {
    async measure() {
      rmSync(target, { recursive: true, force: true });
      mkdirSync(target);
      await run('sync');
      const [program, ...args] = engine.inNetwork(['bash', '-o', 'pipefail', '-c', script])!;
      return { pull: await timed(() => run(program!, args)) };
    },
    async close() {
      rmSync(target, { recursive: true, force: true });
      await registry.stop();
    },
  };
}

export const pull: Row = {
  name: 'pull',
  lines: [{ key: 'pull', title: 'cold pull of 170 MB (gzip, five layers) from a local registry, to disk', unit: 'ms', goals: [againstDockerd(0.6), againstFloor(1)] }],
  rounds: { full: 5, quick: 1 },
  warmUp: false,
  engines: everyEngine,
  open,
  floor: { title: 'curl | tar xz of the same blobs, one after the other, to the same disk', open: openCurl },
};
