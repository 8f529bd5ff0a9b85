import { join } from 'node:path';
import { askControl } from '../../control/control-client.ts';
import { controlAddress } from '../../host-socket/host-address.ts';
import { openInBrowser, writeRedirectFile } from '../../web/open-browser.ts';
import { startInBackground } from '../start-in-background.ts';
import { exitCodes, type CliContext, type Verb } from '../verb.ts';

export const open: Verb = {
  name: 'open',
  usage: '[--print]',
  summary: 'Show the window; starts Slipway where it does not run',
  details: '  --print   print the address, which works once, and open no browser',
  options: { print: { type: 'boolean' } },
  positionals: 0,
  async run(context) {
    const url = await askForWindow(context);
    if (url === undefined) return exitCodes.good;
    // Not on a command line, where every local user could read the address.
    const redirect = await writeRedirectFile(join(context.home, 'run'), url);
    if (context.values['print'] === true || !(await openInBrowser(redirect))) context.say(url);
    return exitCodes.good;
  },
};

/** Undefined where the shell has shown a window of its own. */
async function askForWindow(context: CliContext): Promise<string | undefined> {
  const control = controlAddress(context.home);
  const isOpen = await askControl(control, 'open');
  if (isOpen === null) {
    // The window shows how the VM comes up; it need not be waited for.
    const states = (await startInBackground(context, [])).answers[Symbol.asyncIterator]();
    await states.next();
    await states.return?.();
  }
  for await (const answer of isOpen ?? (await askControl(control, 'open')) ?? []) if (answer.type === 'opened') return answer.url;
  return undefined;
}
