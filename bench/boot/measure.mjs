// Starts of the VM, from the app's start to the engine's answer, by phase: npm run vm:bench -- [--boots 10] [--only cold|restored] [--image DIR] [--json FILE]
// The VM image is brought up to date first, unless one is named. Each is the web shell as users start it, stopped again before the next. Cold and restored ones take turns, each kind in a home of its own; the first of
// each (it makes the data disk, and the snapshot) is listed, but not counted. `list` is the first list of containers, `rss` QEMU's resident memory in MB five
// seconds after the answer, `cpu` its processor time up to the answer in ms: on a machine that does other work as well it says more than the times.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { boots: { type: 'string', default: '10' }, only: { type: 'string' }, image: { type: 'string' }, json: { type: 'string' } } });
const shell = join(import.meta.dirname, '../../main/web/main.ts');
const kinds = ['cold', 'restored'].filter((kind) => values.only === undefined || values.only === kind);
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const words = (result) => Object.entries(result).map(([name, number]) => `${name} ${number}`).join('  ');

function listContainers(home) {
  return new Promise((resolve, reject) => {
    const request = get({ socketPath: join(home, 'run/docker.sock'), path: '/containers/json?all=1', headers: { connection: 'close' } }, (response) => {
      response.resume().on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`the list answered ${response.statusCode}`))));
    });
    request.on('error', reject);
  });
}

/** Of the VM that runs in a home: processor time in ms, resident memory in MB. */
function usage(home) {
  const { pid } = JSON.parse(readFileSync(join(home, 'run/lock'), 'utf8')).vm;
  const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ').slice(11, 13);
  return { cpu: (Number(user) + Number(system)) * 10, rss: Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1000) };
}

/** One start: milliseconds by phase, `total`, `list`, `cpu`, `rss`. */
async function start(kind, home) {
  const options = ['--home', home, '--no-open', ...(values.image === undefined ? [] : ['--image', values.image])];
  const child = spawn(process.execPath, [shell, ...options], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, SLIPWAY_SNAPSHOTS: kind === 'cold' ? 'off' : 'on' } });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const phases = {};
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const phase = /^ {2}(\w+) +(\d+) ms/.exec(line);
      if (phase !== null) phases[phase[1]] = Number(phase[2]);
      const total = /answers after (\d+) ms/.exec(line);
      if (total !== null) {
        const answeredAt = performance.now();
        const { cpu } = usage(home);
        await listContainers(home);
        const list = Math.round(Number(total[1]) + performance.now() - answeredAt);
        await delay(Math.max(0, 5000 - (performance.now() - answeredAt)));
        return { ...phases, total: Number(total[1]), list, cpu, rss: usage(home).rss };
      }
      if (line.startsWith('The start failed')) throw new Error(line);
    }
    throw new Error('the app ended before its engine answered');
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}

if (values.image === undefined) {
  const made = spawnSync(process.execPath, [join(import.meta.dirname, '../../vm-assets/build.mjs')], { stdio: 'inherit' });
  if (made.status !== 0) throw new Error('the VM image could not be brought up to date; the output above says why');
}
const loadBefore = loadavg()[0];
const starts = Object.fromEntries(kinds.map((kind) => [kind, []]));
const homes = Object.fromEntries(kinds.map((kind) => [kind, mkdtempSync(join(tmpdir(), 'slipway-boot-bench-'))]));
try {
  for (let index = 0; index <= Number(values.boots); index++) {
    for (const kind of kinds) {
      const result = await start(kind, homes[kind]);
      console.log(`${index === 0 ? 'first' : String(index).padStart(5)} ${kind.padEnd(8)}  ${words(result)}`);
      if (index > 0) starts[kind].push(result);
    }
  }
} finally {
  for (const home of Object.values(homes)) rmSync(home, { recursive: true, force: true });
}
const medians = Object.fromEntries(kinds.map((kind) => [kind, Object.fromEntries(Object.keys(starts[kind][0] ?? {}).map((name) => [name, median(starts[kind].map((result) => result[name]))]))]));
for (const kind of kinds) console.log(`median ${kind}  ${words(medians[kind])}`);
console.log(`load ${loadBefore.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after`);
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify({ starts, medians, load: [loadBefore, loadavg()[0]] }, null, 2));
