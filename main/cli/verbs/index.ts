import type { Verb } from '../verb.ts';
import { background } from './background.ts';
import { dataExport, dataImport } from './data.ts';
import { doctor } from './doctor.ts';
import { open } from './open.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { vmBench } from './vm-bench.ts';

/** Everything that `slipway` does, in the order of its help. */
export const verbs: readonly Verb[] = [start, stop, status, doctor, open, dataExport, dataImport, vmBench];

/** What is not for people: `start` runs it. */
export const hiddenVerbs: readonly Verb[] = [background];
