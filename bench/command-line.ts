import { parseArgs } from 'node:util';

export interface BenchOptions {
  rows: string[] | undefined;
  /** File for the results as JSON. */
  json: string | undefined;
  quick: boolean;
  vm: boolean;
  /** Engines to leave out. */
  without: string[];
}

export const usage = `usage: npm run bench -- [--rows a,b] [--quick] [--json FILE] [--without podman] [--vm]
  --rows      only these rows, by name
  --quick     few rounds and small stores: to see that it works, not for figures
  --json      writes all samples, medians and verdicts to FILE
  --without   leaves engines out (dockerd,podman)
  --vm        our engine in its virtual machine, without peers`;

/** @throws TypeError that says what is wrong */
export function parseCommandLine(args: readonly string[], knownRows: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { rows: { type: 'string' }, json: { type: 'string' }, quick: { type: 'boolean' }, vm: { type: 'boolean' }, without: { type: 'string' } },
  });
  const rows = values.rows?.split(',');
  const unknown = rows?.filter((name) => !knownRows.includes(name)) ?? [];
  if (unknown.length > 0) throw new TypeError(`no row is called ${unknown.join(', ')}; there are ${knownRows.join(', ')}`);
  return { rows, json: values.json, quick: values.quick ?? false, vm: values.vm ?? false, without: values.without?.split(',') ?? [] };
}
