import { parseArgs } from 'node:util';

export interface BenchOptions {
  rows: string[] | undefined;
  /** File for the results as JSON. */
  json: string | undefined;
  quick: boolean;
  /** A fifth of each row's rounds. */
  short: boolean;
  /** How often each engine does the work of a row, in place of the row's own number. */
  rounds: number | undefined;
  vm: boolean;
  /** Engines to leave out. */
  without: string[];
}

export const usage = `usage: npm run bench -- [--rows a,b] [--quick | --short | --rounds N] [--json FILE] [--without podman] [--vm]
  --rows      only these rows, by name
  --quick     few rounds and small stores: to see that it works, not for figures
  --short     a fifth of the rounds with whole stores: every row in eight or nine minutes of a quiet machine
  --rounds    so often each, for a machine on which little time is left
  --json      writes all samples, medians and verdicts to FILE, after each row
  --without   leaves engines out (dockerd,podman)
  --vm        our engine in its virtual machine, without peers`;

/** @throws TypeError that says what is wrong */
export function parseCommandLine(args: readonly string[], knownRows: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { rows: { type: 'string' }, json: { type: 'string' }, quick: { type: 'boolean' }, short: { type: 'boolean' }, rounds: { type: 'string' }, vm: { type: 'boolean' }, without: { type: 'string' } },
  });
  const rows = values.rows?.split(',');
  const unknown = rows?.filter((name) => !knownRows.includes(name)) ?? [];
  if (unknown.length > 0) throw new TypeError(`no row is called ${unknown.join(', ')}; there are ${knownRows.join(', ')}`);
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && (!Number.isInteger(rounds) || rounds < 1)) throw new TypeError(`--rounds ${values.rounds}: a number from 1 on`);
  return { rows, rounds, json: values.json, quick: values.quick ?? false, short: values.short ?? false, vm: values.vm ?? false, without: values.without?.split(',') ?? [] };
}
