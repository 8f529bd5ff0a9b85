import type { Row } from '../row.ts';
import { cliRun } from './cli-run.ts';
import { copy } from './copy.ts';
import { exec } from './exec.ts';
import { firstByte } from './first-byte.ts';
import { growth } from './growth.ts';
import { listContainers, listTags } from './list.ts';
import { logs } from './logs.ts';
import { containerMemory, idleMemory } from './memory.ts';
import { networkConnect } from './network-connect.ts';
import { parallel } from './parallel.ts';
import { pull } from './pull.ts';
import { runOnBridge, runWithoutNetwork } from './run-container.ts';
import { stats } from './stats.ts';

/** All rows in the order in which they are measured: idle memory after the others, growth last because the peers have no part in it. */
export const rows: readonly Row[] = [
  runOnBridge,
  runWithoutNetwork,
  cliRun,
  firstByte,
  exec,
  parallel,
  networkConnect,
  listContainers,
  listTags,
  pull,
  logs,
  copy,
  stats,
  containerMemory,
  idleMemory,
  growth,
];
