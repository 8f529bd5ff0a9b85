import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '../fixtures/app.ts';
import { dockerCli, type DockerCli } from '../fixtures/docker-cli.ts';
import { startWebShell } from '../launchers/app-process.ts';

const cuts = Number(process.env['SLIPWAY_POWER_CUTS'] ?? '5');

interface Acknowledged {
  lines: number[];
  containers: string[];
}

/** Works until the VM is gone; what a command has confirmed counts as finished. */
async function workUntilCut(docker: DockerCli, round: number, finished: Acknowledged): Promise<void> {
  for (let step = 0; ; step++) {
    const line = round * 1000 + step;
    const wrote = await docker.run(['run', '--rm', '-v', 'journal:/journal', 'slipway/hello', 'sh', '-c', `echo ${line} >> /journal/log; sync`], { mayFail: true });
    if (wrote.exitCode !== 0) return;
    finished.lines.push(line);
    const name = `made-${line}`;
    if ((await docker.run(['create', '--name', name, 'slipway/hello'], { mayFail: true })).exitCode !== 0) return;
    finished.containers.push(name);
  }
}

/** Slow: each cut is a boot. `npm run e2e:full`, or SLIPWAY_POWER_CUTS=100 for many. */
test('QEMU killed at random moments under load loses no finished write', async () => {
  test.skip(process.env['SLIPWAY_E2E_FULL'] === undefined, 'belongs to npm run e2e:full');
  test.setTimeout(300_000 + cuts * 120_000);
  const home = mkdtempSync(join(tmpdir(), 'slipway-power-cut-'));
  const finished: Acknowledged = { lines: [], containers: [] };
  try {
    for (let round = 0; round <= cuts; round++) {
      const app = await startWebShell(['--home', home], {});
      const docker = dockerCli(app.ready.dockerHost);
      try {
        await expect(async () => expect((await docker.run(['version'], { mayFail: true })).exitCode).toBe(0)).toPass({ timeout: 300_000 });
        if (round > 0) {
          const log = await docker.text('run', '--rm', '-v', 'journal:/journal', 'slipway/hello', 'cat', '/journal/log');
          const kept = new Set(log.split('\n').map(Number));
          expect(finished.lines.filter((line) => !kept.has(line))).toEqual([]);
          const names = new Set((await docker.text('ps', '-a', '--format', '{{.Names}}')).split('\n'));
          expect(finished.containers.filter((name) => !names.has(name))).toEqual([]);
          expect((await docker.run(['images', '-q'])).stdout.trim()).not.toBe('');
        }
        if (round === cuts) break;
        const working = workUntilCut(docker, round, finished);
        const before = finished.lines.length;
        await expect.poll(() => finished.lines.length, { timeout: 180_000 }).toBeGreaterThan(before + 1);
        // The moment of the cut is random within what one round of work takes; that is the point of the test, not a wait for a state.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 1500));
        const { vm } = JSON.parse(readFileSync(join(home, 'run/lock'), 'utf8')) as { vm: { pid: number } };
        process.kill(vm.pid, 'SIGKILL');
        await working;
        if ((round + 1) % 10 === 0) console.log(`${round + 1} power cuts so far, ${finished.lines.length} written lines and ${finished.containers.length} containers confirmed`);
      } finally {
        await app.stop();
      }
    }
    console.log(`${cuts} power cuts, ${finished.lines.length} written lines and ${finished.containers.length} containers confirmed, none lost`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
