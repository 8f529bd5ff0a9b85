import { once } from 'node:events';
import { forever, removeContainer, runForever, timed } from '../client/containers.ts';
import type { Bench, Engine, Measurement, Row } from '../row.ts';
import { againstDockerd, againstFloor, everyEngine } from '../row.ts';
import { makeCrunBundle } from '../subjects/crun-bundle.ts';

async function open({ api }: Engine): Promise<Measurement> {
  const id = await runForever(api);
  return {
    async measure() {
      const exec = await timed(async () => {
        const { Id } = await api.json<{ Id: string }>('POST', `/containers/${id}/exec`, { Cmd: ['true'], AttachStdout: true, AttachStderr: true });
        const output = await api.hijack(`/exec/${Id}/start`, { Detach: false, Tty: false });
        output.resume();
        await once(output, 'end');
        output.destroy();
        const { ExitCode, Running } = await api.json<{ ExitCode: number | null; Running: boolean }>('GET', `/exec/${Id}/json`);
        if (Running || ExitCode !== 0) throw new Error(`the exec has the exit code ${ExitCode}`);
      });
      return { exec };
    },
    close: () => removeContainer(api, id),
  };
}

async function openCrunExec(bench: Bench): Promise<Measurement> {
  const crun = bench.crun!;
  const { bundle, id } = await makeCrunBundle(bench, forever);
  await crun.time('run', '--detach', '--bundle', bundle, id);
  return {
    measure: async () => ({ exec: await crun.time('exec', id, 'true') }),
    close: async () => void (await crun.time('delete', '--force', id)),
  };
}

export const exec: Row = {
  name: 'exec',
  lines: [{ key: 'exec', title: 'exec of true (create, start, inspect)', unit: 'ms', goals: [againstDockerd(0.6), againstFloor(1.3)] }],
  rounds: { full: 25, quick: 5 },
  warmUp: true,
  engines: everyEngine,
  open,
  floor: { title: 'crun exec in a container of the same config', open: openCrunExec },
};
