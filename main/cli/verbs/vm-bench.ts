import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Failure } from '../../failure.ts';
import { exitCodes, type Verb } from '../verb.ts';

export const vmBench: Verb = {
  name: 'vm bench',
  usage: '[--boots N] [--only cold|restored] [--json FILE]',
  summary: 'Measure starts of the VM by phase, in homes of their own',
  details: 'Each start is one as users see it; medians are printed. The VM that runs is left alone, and makes the figures worse.',
  options: {},
  positionals: Infinity,
  async run({ installation: { clone }, positionals, environment }) {
    if (clone === undefined) throw new Failure('unavailable', 'The bench is part of the sources, not of the packaged app.', { hint: 'Clone the project and run npm run vm:bench there.' });
    const child = spawn(process.execPath, [join(clone, 'bench/boot/measure.mjs'), ...positionals], { stdio: 'inherit', env: environment });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? exitCodes.failed;
  },
};
