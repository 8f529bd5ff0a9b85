import type { VmState } from '../../../contract/vm-state.ts';
import { runningState } from '../../control/control-client.ts';
import { controlAddress } from '../../host-socket/host-address.ts';
import { contextName, dockerFolder, findContext } from '../docker-context.ts';
import { exitCodes, type Verb } from '../verb.ts';

export const status: Verb = {
  name: 'status',
  usage: '[--json]',
  summary: 'Tell whether it runs, and where docker finds it',
  details: `  --json   one object: running, status, pid, engineVersion, accelerator, startedAt, dockerHost, phases, failure

The exit code is 0 when the engine can be asked, 3 when Slipway does not run, and 1 otherwise.`,
  options: { json: { type: 'boolean' } },
  positionals: 0,
  async run({ home, say, values, environment }) {
    const found = await runningState(controlAddress(home));
    const state: VmState = found?.state ?? { status: 'stopped' };
    const context = await findContext(dockerFolder(environment), contextName);
    if (values['json'] === true) {
      say(JSON.stringify({ running: state.status === 'running', home, ...state, ...(found === null ? {} : { pid: found.pid, dockerHost: found.facts.dockerHost, version: found.facts.version, shell: found.facts.shell }) }));
    } else if (found === null) {
      say('Slipway does not run. Start it: slipway start');
    } else {
      say(`Slipway ${found.facts.version}: ${words(state)} (process ${found.pid})`);
      say(`  docker   ${found.facts.dockerHost}${context?.host === found.facts.dockerHost ? `, context ${contextName}` : ''}`);
      say(`  home     ${home}`);
    }
    if (found === null) return exitCodes.notRunning;
    return state.status === 'running' || state.status === 'suspended' ? exitCodes.good : exitCodes.failed;
  },
};

function words(state: VmState): string {
  if (state.status === 'running') return `engine ${state.engineVersion} runs (${state.accelerator}) since ${state.startedAt}`;
  if (state.status === 'failed') return `the start failed at ${state.failure.phase}: ${state.failure.message}`;
  if (state.status === 'suspended') return `the VM is suspended since ${state.since}; the next docker command resumes it`;
  return `the VM is ${state.status}`;
}
