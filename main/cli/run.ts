import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure, messageOf } from '../failure.ts';
import { helpOf, overview } from './help.ts';
import { exitCodes, type CliContext, type Installation, type Verb } from './verb.ts';
import { hiddenVerbs, verbs } from './verbs/index.ts';

export interface CliSurroundings extends Pick<CliContext, 'say' | 'complain' | 'signal' | 'environment' | 'showProgress'> {
  installation: Installation;
}

/** A command line that cannot be followed. */
class UsageError extends Error {}

/** Runs one command line of `slipway`. Answers the exit code; never rejects. */
export async function runCli(args: readonly string[], surroundings: CliSurroundings): Promise<number> {
  const { installation, environment, say, complain } = surroundings;
  try {
    const { home, rest } = takeHome(args, environment);
    const [first = '--help'] = rest;
    if (first === '--version') return (say(installation.version), exitCodes.good);
    if (first === '--help' || first === '-h' || (first === 'help' && rest.length === 1)) return (say(overview(verbs, installation.version)), exitCodes.good);
    const { verb, args: own } = findVerb(first === 'help' ? rest.slice(1) : rest);
    if (first === 'help' || own.includes('--help') || own.includes('-h')) return (say(helpOf(verb)), exitCodes.good);
    const { values, positionals } = parse(verb, own);
    return await verb.run({ ...surroundings, home, values, positionals });
  } catch (error) {
    complain(`slipway: ${messageOf(error)}`);
    if (error instanceof Failure && error.hint !== undefined) complain(error.hint);
    return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
  }
}

/** `--home` may stand before the command as well as after it. */
function takeHome(args: readonly string[], environment: NodeJS.ProcessEnv): { home: string; rest: string[] } {
  const rest = [...args];
  const at = rest.findIndex((argument) => argument === '--home' || argument.startsWith('--home='));
  let home = environment['SLIPWAY_HOME'] ?? join(homedir(), '.slipway');
  if (at !== -1) {
    const [option = '', value] = rest.slice(at, at + 2);
    const given = option === '--home' ? value : option.slice('--home='.length);
    if (given === undefined || given === '') throw new UsageError('--home needs a folder.');
    home = given;
    rest.splice(at, option === '--home' ? 2 : 1);
  }
  return { home: resolve(home), rest };
}

function findVerb(words: readonly string[]): { verb: Verb; args: string[] } {
  const all = [...verbs, ...hiddenVerbs];
  for (const count of [2, 1]) {
    const verb = all.find(({ name }) => name === words.slice(0, count).join(' '));
    if (verb !== undefined) return { verb, args: words.slice(count) };
  }
  const typed = words[0] ?? '';
  const near = all.filter(({ name }) => name.startsWith(typed.slice(0, 2)) && !hiddenVerbs.some((hidden) => hidden.name === name)).map(({ name }) => name);
  throw new UsageError(`There is no command "${typed}". ${near.length === 0 ? 'See' : `Did you mean ${near.join(' or ')}? See`} slipway --help.`);
}

function parse(verb: Verb, args: string[]): { values: CliContext['values']; positionals: string[] } {
  if (verb.positionals === Infinity) return { values: {}, positionals: args };
  try {
    const { values, positionals } = parseArgs({ args, options: verb.options, strict: true, allowPositionals: true });
    if (positionals.length > verb.positionals) throw new Error(`"${positionals[verb.positionals]}" is one word too many`);
    return { values: values as CliContext['values'], positionals };
  } catch (error) {
    throw new UsageError(`${messageOf(error).replace(/\.? To specify a positional.*$/, '')}. Usage: slipway ${verb.name} ${verb.usage}`, { cause: error });
  }
}
