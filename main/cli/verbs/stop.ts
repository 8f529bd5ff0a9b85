import { quitRunning } from '../../control/control-client.ts';
import { controlAddress } from '../../host-socket/host-address.ts';
import { exitCodes, type Verb } from '../verb.ts';

export const stop: Verb = {
  name: 'stop',
  usage: '',
  summary: 'Stop containers and the VM, and end Slipway',
  details: 'Containers are told to end and have their time; what they wrote is kept. A window that is open is closed.',
  options: {},
  positionals: 0,
  async run({ home, signal, say }) {
    const wasRunning = await quitRunning(controlAddress(home), signal);
    say(wasRunning ? 'Slipway is stopped.' : 'Slipway does not run.');
    return exitCodes.good;
  },
};
