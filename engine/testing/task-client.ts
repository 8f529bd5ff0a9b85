import { openTaskService } from '../runtime/task-service.ts';
import { shimdEntry } from './engine-entry.ts';
import type { TaskSpec } from '../containers/collaborators.ts';

/**
 * Stands for an engine in a process of its own, to be killed: `node task-client.ts EXEC_ROOT SPEC_JSON [attach]` starts the
 * task, says so on stdout, and stays.
 */
const [execRoot, specText, attach] = process.argv.slice(2);
const spec = JSON.parse(specText!) as TaskSpec;
const tasks = openTaskService(execRoot!, { idleSeconds: 1, shimdEntry });
const { pid } = await tasks.create(spec);
if (attach !== undefined) {
  const stream = await tasks.attach(spec.id, null, { stdin: true, stdout: true, stderr: true });
  stream.resume();
  stream.write('from the first engine\n');
}
await tasks.start(spec.id);
process.stdout.write(`${pid}\n`);
// The connection to shimd keeps the process alive.
