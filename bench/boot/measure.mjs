// Cold boots, from the app's start of the VM to the engine's answer, by phase:
//   node scripts/with-node.mjs bench/boot/measure.mjs [--boots 5] [--image DIR] [--json FILE]
// Each boot is the web shell as users start it, stopped again before the next; all share one home, so the first one makes the data disk and
// is listed, but not counted. Prints each boot, the medians, and the machine's load at both ends.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { get } from 'node:http';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { boots: { type: 'string', default: '5' }, image: { type: 'string' }, json: { type: 'string' } } });
const shell = join(import.meta.dirname, '../../main/web/main.ts');
const home = mkdtempSync(join(tmpdir(), 'slipway-boot-bench-'));
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

function listContainers() {
  return new Promise((resolve, reject) => {
    const request = get({ socketPath: join(home, 'run/docker.sock'), path: '/containers/json?all=1', headers: { connection: 'close' } }, (response) => {
      response.resume().on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`the list answered ${response.statusCode}`))));
    });
    request.on('error', reject);
  });
}

/** One boot: milliseconds by phase, `total` and `list`. */
async function boot() {
  const child = spawn(process.execPath, [shell, '--home', home, '--no-open', ...(values.image === undefined ? [] : ['--image', values.image])], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const phases = {};
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const phase = /^ {2}(\w+) +(\d+) ms/.exec(line);
      if (phase !== null) phases[phase[1]] = Number(phase[2]);
      const total = /answers after (\d+) ms/.exec(line);
      if (total !== null) {
        const answeredAt = performance.now();
        await listContainers();
        return { ...phases, total: Number(total[1]), list: Math.round(Number(total[1]) + performance.now() - answeredAt) };
      }
      if (line.startsWith('The start failed')) throw new Error(line);
    }
    throw new Error('the app ended before its engine answered');
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}

const loadBefore = loadavg()[0];
const boots = [];
try {
  for (let index = 0; index <= Number(values.boots); index++) {
    const result = await boot();
    console.log(`${index === 0 ? 'first' : String(index).padStart(5)}  ${Object.entries(result).map(([name, ms]) => `${name} ${ms}`).join('  ')}`);
    if (index > 0) boots.push(result);
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
const medians = Object.fromEntries(Object.keys(boots[0]).map((name) => [name, median(boots.map((result) => result[name]))]));
console.log(`median ${Object.entries(medians).map(([name, ms]) => `${name} ${ms}`).join('  ')}  (load ${loadBefore.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after)`);
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify({ boots, medians, load: [loadBefore, loadavg()[0]] }, null, 2));
