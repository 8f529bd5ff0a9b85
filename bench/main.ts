import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCommandLine, usage, type BenchOptions } from './command-line.ts';
import { Material } from './material/material.ts';
import type { RowResult } from './report/results.ts';
import { formatTable } from './report/table.ts';
import type { Bench, Engine, EngineName } from './row.ts';
import { rows } from './rows/rows.ts';
import { measureRow } from './run/interleave.ts';
import { startEngines } from './run/start-engines.ts';
import { startCrun, type CrunRunner } from './subjects/crun.ts';
import { projectRoot } from './subjects/project.ts';

/** `npm run bench`: this engine beside its peers, each row in turn, and a table of what came out. */

const say = (line: string) => process.stderr.write(`${line}\n`);

async function bench(options: BenchOptions, signal: AbortSignal): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const engines = new Map<EngineName, Engine>();
  let crun: CrunRunner | undefined;
  const began = { at: new Date().toISOString(), load: loadavg() };
  const results: RowResult[] = [];
  try {
    await startEngines(directory, options, engines, say);
    if (!options.vm) crun = await startCrun(join(directory, 'crun'));
    const { quick, short, vm, rounds } = options;
    const shared: Bench = { material: new Material(join(projectRoot, '.cache/bench')), crun, quick, short, vm, rounds, directory, engines, say };
    for (const engine of engines.values()) await shared.material.loadBusybox(engine);
    for (const row of rows.filter(({ name }) => options.rows?.includes(name) ?? true)) {
      signal.throwIfAborted();
      say(`measuring ${row.name}`);
      results.push(await measureRow(row, shared, signal));
      if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ ...circumstances(options, engines, began), rows: results }, null, 1)}\n`);
    }
  } finally {
    if (results.length > 0) process.stdout.write(describe(circumstances(options, engines, began), results));
    for (const [name, engine] of engines) await engine.stop().catch((error: unknown) => say(`${name} was not stopped: ${String(error)}`));
    await crun?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Moment {
  at: string;
  load: number[];
}

/** What figures depend on beside the engines. */
function circumstances({ quick, vm }: BenchOptions, engines: ReadonlyMap<EngineName, Engine>, began: Moment) {
  return {
    machine: { cpus: cpus().length, model: cpus()[0]?.model ?? '', kernel: release(), node: process.version },
    versions: Object.fromEntries([...engines].map(([name, { version }]) => [name, version])),
    quick,
    vm,
    began,
    ended: { at: new Date().toISOString(), load: loadavg() },
  };
}

function describe({ machine, versions, quick, began, ended }: ReturnType<typeof circumstances>, results: readonly RowResult[]): string {
  const loads = ({ load }: Moment) => load.map((value) => value.toFixed(2)).join(' ');
  const engines = Object.entries(versions).map((pair) => pair.join(' ')).join(', ');
  const what = `Medians${quick ? ' of a quick run: no figures to rely on' : ''}. ${machine.cpus} processors (${machine.model}), Linux ${machine.kernel}, Node ${machine.node}; ${engines}.`;
  return `${formatTable(results)}\n\n${what} Load average ${loads(began)} at the start, ${loads(ended)} at the end.\n`;
}

async function main(): Promise<void> {
  let options: BenchOptions;
  try {
    options = parseCommandLine(process.argv.slice(2), rows.map(({ name }) => name));
  } catch (error) {
    say(`${(error as Error).message}\n${usage}`);
    process.exitCode = 2;
    return;
  }
  if (!options.vm && process.getuid?.() !== 0) throw new Error('engines make namespaces and mounts: run the bench as root, or with --vm');
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort(new Error(`stopped by ${name}`)));
  await bench(options, stop.signal);
}

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
