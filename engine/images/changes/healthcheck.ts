import type { ImageRunConfig } from '../../../contract/engine-api/image.ts';
import { InvalidParameterError } from '../../errors.ts';
import { jsonWords } from './instruction.ts';

type Healthcheck = NonNullable<ImageRunConfig['Healthcheck']>;

const durations: Record<string, keyof Omit<Healthcheck, 'Test' | 'Retries'>> = {
  interval: 'Interval',
  timeout: 'Timeout',
  'start-period': 'StartPeriod',
  'start-interval': 'StartInterval',
};

const nanoseconds: Record<string, number> = { h: 3.6e12, m: 6e10, s: 1e9, ms: 1e6, us: 1e3, µs: 1e3, ns: 1 };

/** `HEALTHCHECK --interval=5s CMD curl -f localhost` and `HEALTHCHECK NONE`. @throws InvalidParameterError in moby's words */
export function healthcheckOf(rest: string, flags: ReadonlyMap<string, string>): Healthcheck {
  const [, kind = '', command = ''] = /^(\S*)\s*([^]*)$/.exec(rest) ?? [];
  if (kind.toUpperCase() === 'NONE') {
    if (command !== '') throw new InvalidParameterError('HEALTHCHECK NONE takes no arguments');
    return { Test: ['NONE'] };
  }
  if (kind.toUpperCase() !== 'CMD') throw new InvalidParameterError(`unknown type ${JSON.stringify(kind.toUpperCase())} in HEALTHCHECK (try CMD)`);
  if (command === '') throw new InvalidParameterError('missing command after HEALTHCHECK CMD');
  const words = jsonWords(command);
  const check: Healthcheck = { Test: words === null ? ['CMD-SHELL', command] : ['CMD', ...words] };
  for (const [flag, value] of flags) {
    const key = durations[flag];
    if (key !== undefined) check[key] = durationOf(flag, value);
    else if (flag === 'retries') check.Retries = retriesOf(value);
    else throw new InvalidParameterError(`dockerfile parse error on line 1: unknown flag: --${flag}`);
  }
  return check;
}

function durationOf(flag: string, value: string): number {
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)];
  if (value === '' || parts.map(([part]) => part).join('') !== value) throw new InvalidParameterError(`time: invalid duration ${JSON.stringify(value)}`);
  const sum = parts.reduce((total, [, count, unit]) => total + Number(count) * (nanoseconds[unit ?? ''] ?? 0), 0);
  if (sum < 1e6) throw new InvalidParameterError(`Interval ${JSON.stringify(flag)} cannot be less than 1ms`);
  return sum;
}

function retriesOf(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidParameterError(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  if (Number(value) < 0) throw new InvalidParameterError(`--retries cannot be negative (${value})`);
  return Number(value);
}
