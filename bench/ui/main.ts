import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { changes } from './changes.ts';
import { firstScreen } from './first-screen.ts';
import { idle } from './idle.ts';
import { lists } from './lists.ts';
import { bigLog, follow } from './logs.ts';
import { meets, type Measure } from './row.ts';
import { openStage } from './stage.ts';
import { terminal } from './terminal.ts';

// npm run bench:ui -- [--rows 'big log,follow'] [--quick] [--json FILE]. The one that leaves five thousand images behind comes last.
const rows = [firstScreen, idle, terminal, changes, bigLog, follow, lists];
const valueOf = (flag: string): string | undefined => (process.argv.includes(flag) ? process.argv[process.argv.indexOf(flag) + 1] : undefined);
const wanted = valueOf('--rows')?.split(',');
const unknown = wanted?.find((name) => !rows.some((row) => row.name === name));
if (unknown !== undefined) throw new Error(`no row is called ${JSON.stringify(unknown)}; there are ${rows.map(({ name }) => name).join(', ')}`);

process.stdout.write(`${cpus().length} processors (${cpus()[0]?.model ?? ''}), load ${loadavg()[0]?.toFixed(1)}\n`);
const stage = await openStage();
const measures: Measure[] = [];
try {
  for (const row of rows) {
    if (wanted !== undefined && !wanted.includes(row.name)) continue;
    for (const measure of await row.run(stage, process.argv.includes('--quick'))) {
      measures.push(measure);
      const { name, value, unit, goal, isLeast = false, note = '' } = measure;
      process.stdout.write(`${meets(measure) ? 'met   ' : 'MISSED'} ${name}: ${Number(value.toPrecision(4))} ${unit} (goal ${isLeast ? '≥' : '≤'} ${goal})${note === '' ? '' : `; ${note}`}\n`);
    }
  }
} finally {
  await stage.close();
}
const file = valueOf('--json');
if (file !== undefined) writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), load: loadavg(), measures }, undefined, 2)}\n`);
process.exitCode = measures.every(meets) ? 0 : 1;
