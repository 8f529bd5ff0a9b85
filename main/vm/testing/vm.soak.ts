import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bootServedVm, type ServedVm } from './served-vm.ts';

/** `npm run test:vm:soak -- --minutes N`: load, removal, suspend and resume again and again; nothing may grow. */
const minutes = Number(process.env['SOAK_MINUTES'] ?? '60');
const MB = 1e6;

interface Figures {
  /** Files and sockets that the app, and QEMU, have open. */
  appFiles: number;
  qemuFiles: number;
  /** Bytes. */
  resident: number;
  disk: number;
}

let served: ServedVm;
beforeAll(async () => {
  served = await bootServedVm();
}, 600_000);
afterAll(() => served.dispose(), 120_000);

const filesOf = (pid: number) => readdirSync(`/proc/${pid}/fd`).length;

/** Once nothing falls any more: memory and disk come back within seconds of a load's end. */
async function settled(): Promise<Figures> {
  let best: Figures | undefined;
  for (let still = 0; still < 10; ) {
    const now = { appFiles: filesOf(process.pid), qemuFiles: filesOf(served.qemuPid()), resident: served.held(), disk: await served.allocated() };
    still = best !== undefined && now.resident > best.resident - MB && now.disk > best.disk - MB ? still + 1 : 0;
    best = { ...now, resident: Math.min(now.resident, best?.resident ?? Infinity), disk: Math.min(now.disk, best?.disk ?? Infinity) };
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return best!;
}

/** The journal of the data disk's file system takes its space as it is written round for the first time: 64 MB that are no growth. */
async function fillJournal(): Promise<void> {
  const work = 'i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo > /work/$i; sync; done; rm -r /work';
  for (let before = -Infinity, now = await served.allocated(); now > before + MB; now = await served.allocated()) {
    before = now;
    await served.docker('run', '--rm', 'slipway/hello', 'sh', '-c', `mkdir /work; ${work}`);
  }
}

async function round(docker: ServedVm['docker'], number: number): Promise<void> {
  await docker('run', '--name', 'maker', 'slipway/hello', 'sh', '-c', 'dd if=/dev/urandom of=/large bs=1M count=8 2> /dev/null');
  await docker('commit', 'maker', 'made');
  await docker('run', '-d', '--name', 'keeper', '-v', 'data:/data', '-p', '127.0.0.1::80', 'made', 'sh', '-c', `dd if=/dev/urandom of=/data/a bs=1M count=8 2> /dev/null; echo ${number} > /data/log; exec sleep 100000`);
  await Promise.all([1, 2, 3].map((n) => docker('run', '--rm', 'slipway/hello', 'echo', String(n))));
  await served.vm.suspend();
  while ((await docker('exec', 'keeper', 'cat', '/data/log').catch(() => '')) !== String(number));
  expect(served.vm.state).toMatchObject({ status: 'running', phases: expect.arrayContaining([expect.objectContaining({ id: 'resume' })]) });
  await docker('rm', '-f', 'keeper', 'maker');
  await docker('volume', 'rm', 'data');
  await docker('rmi', 'made');
}

it('does not grow', { timeout: minutes * 60_000 + 900_000 }, async () => {
  await fillJournal();
  const end = performance.now() + minutes * 60_000;
  const all: Figures[] = [];
  for (let number = 0; performance.now() < end || number < 4; number++) {
    await round(served.docker, number);
    const figures = await settled();
    all.push(figures);
    console.log(`round ${number}: ${figures.appFiles} files of the app, ${figures.qemuFiles} of QEMU, ${Math.round(figures.resident / MB)} MB of memory, ${Math.round(figures.disk / MB)} MB of disk`);
  }
  // The first rounds load code and fill caches; the last quarter against the second.
  const quarter = Math.max(1, Math.floor(all.length / 4));
  const median = (part: Figures[], of: keyof Figures) => part.map((figures) => figures[of]).sort((a, b) => a - b)[part.length >> 1] ?? 0;
  const growth = (of: keyof Figures) => median(all.slice(-quarter), of) - median(all.slice(quarter, 2 * quarter), of);
  expect(growth('appFiles')).toBeLessThanOrEqual(1);
  expect(growth('qemuFiles')).toBeLessThanOrEqual(1);
  expect(growth('resident')).toBeLessThan(60 * MB);
  expect(growth('disk')).toBeLessThan(10 * MB);
});
