import { constants } from 'node:os';
import { InvalidParameterError } from '../../errors.ts';

const lastStandard = 31;
const realTimeFirst = 34;
const realTimeLast = 64;

export const SIGTERM = constants.signals.SIGTERM;
export const SIGKILL = constants.signals.SIGKILL;

/**
 * As {@link parseSignal}, for one that is sent: a number that is no signal is said in other words.
 * Source: moby `daemon/kill.go`, with 400 since 28. @throws InvalidParameterError
 */
export function parseSentSignal(text: string): number {
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : 0;
  if (number !== 0 && (number < 1 || number > realTimeLast || (number > lastStandard && number < realTimeFirst))) {
    throw new InvalidParameterError(`the linux daemon does not support signal ${number}`);
  }
  return parseSignal(text);
}

/**
 * A signal's number from its number or name, with or without `SIG`, in any case; `RTMIN+3` and `RTMAX-2` too.
 * @throws InvalidParameterError `invalid signal: FOO`
 */
export function parseSignal(text: string): number {
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    if (number >= 1 && number <= realTimeLast) return number;
  }
  const name = text.toUpperCase().replace(/^SIG/, '');
  const known = (constants.signals as Record<string, number>)[`SIG${name}`];
  if (known !== undefined) return known;
  const realTime = /^RT(?:MIN(?:\+(\d+))?|MAX(?:-(\d+))?)$/.exec(name);
  if (realTime !== null) {
    const number = name.startsWith('RTMIN') ? realTimeFirst + Number(realTime[1] ?? 0) : realTimeLast - Number(realTime[2] ?? 0);
    if (number >= realTimeFirst && number <= realTimeLast) return number;
  }
  throw new InvalidParameterError(`invalid signal: ${text}`);
}
