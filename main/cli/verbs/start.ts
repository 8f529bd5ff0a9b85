import { resolve } from 'node:path';
import { quitRunning } from '../../control/control-client.ts';
import { Failure } from '../../failure.ts';
import { controlAddress } from '../../host-socket/host-address.ts';
import { phaseLines } from '../../web/phase-lines.ts';
import { contextName, dockerFolder, registerContext, useContext } from '../docker-context.ts';
import { startInBackground } from '../start-in-background.ts';
import { exitCodes, type CliContext, type Verb } from '../verb.ts';

export const start: Verb = {
  name: 'start',
  usage: '[--use] [--context NAME | --no-context] [--image DIR] [--engine-socket PATH]',
  summary: 'Start the VM in the background and wait until the engine answers',
  details: `Registers the docker context "${contextName}", so that "docker --context ${contextName} ps" reaches the engine.

  --use                 also make it the context of every docker command, as docker context use does
  --context NAME        register it under another name
  --no-context          leave the docker CLI's files alone
  --image DIR           VM image to boot
  --engine-socket PATH  use an engine that runs already instead of a VM

It runs until slipway stop. Where a window is open already, its VM is started.`,
  options: { use: { type: 'boolean' }, context: { type: 'string' }, 'no-context': { type: 'boolean' }, image: { type: 'string' }, 'engine-socket': { type: 'string' } },
  positionals: 0,
  async run(context) {
    const { say, complain, values } = context;
    const options = (['image', 'engine-socket'] as const).flatMap((name) => (typeof values[name] === 'string' ? [`--${name}`, resolve(values[name])] : []));
    const { answers, isNew } = await startInBackground(context, options);
    if (!isNew && options.length > 0) complain('slipway: it runs already; --image and --engine-socket hold from its next start.');
    const linesOf = phaseLines();
    for await (const answer of answers) {
      if (answer.type !== 'state') continue;
      linesOf(answer.state).forEach(say);
      context.signal.throwIfAborted();
      if (answer.state.status === 'running') {
        await register(context, answer.facts.dockerHost);
        return exitCodes.good;
      }
      if (answer.state.status === 'failed') {
        // A process that nobody sees and whose VM does not run would only be in the way of the next start.
        if (isNew) await quitRunning(controlAddress(context.home), context.signal);
        return exitCodes.failed;
      }
    }
    throw new Failure('internal', 'Slipway ended while it was starting.', { hint: 'slipway doctor tells what may be wrong.' });
  },
};

async function register({ say, complain, values, environment }: CliContext, dockerHost: string): Promise<void> {
  if (values['no-context'] === true) return say(`docker --host ${dockerHost} ps`);
  const name = typeof values['context'] === 'string' ? values['context'] : contextName;
  const folder = dockerFolder(environment);
  try {
    await registerContext(folder, name, dockerHost);
    if (values['use'] === true) await useContext(folder, name);
    say(`docker ${values['use'] === true ? '' : `--context ${name} `}ps`);
  } catch (error) {
    // The engine runs all the same.
    complain(`slipway: the docker context ${name} could not be registered: ${(error as Error).message}`);
    say(`docker --host ${dockerHost} ps`);
  }
}
