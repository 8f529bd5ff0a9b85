import { InvalidParameterError } from '../../errors.ts';

/** More than any machine has: a list is not to be spread over memory before it is refused. */
const highest = 8192;

/**
 * The numbers of a list as `0-2,5`. Source: moby `pkg/parsers` ParseUintList.
 * @throws InvalidParameterError `Invalid value a-b for cpuset cpus: invalid format: a-b`
 */
export function parseNumberList(text: string, field: string): Set<number> {
  const numbers = new Set<number>();
  const invalid = () => new InvalidParameterError(`Invalid value ${text} for ${field}: invalid format: ${text}`);
  for (const part of text === '' ? [] : text.split(',')) {
    const found = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (found === null) throw invalid();
    const [first, last] = [Number(found[1]), Number(found[2] ?? found[1])];
    if (last < first) throw invalid();
    if (last > highest) throw new InvalidParameterError(`Invalid value ${text} for ${field}: value out of range, maximum is ${highest}`);
    for (let number = first; number <= last; number += 1) numbers.add(number);
  }
  return numbers;
}

/** @throws InvalidParameterError for CPUs and memory nodes that this machine has not */
export function checkCpuset(asked: { cpus: string; mems: string }, available: { cpus: string; mems: string }): void {
  if (!isWithin(parseNumberList(asked.cpus, 'cpuset cpus'), available.cpus)) {
    throw new InvalidParameterError(`Requested CPUs are not available - requested ${asked.cpus}, available: ${available.cpus}`);
  }
  if (!isWithin(parseNumberList(asked.mems, 'cpuset mems'), available.mems)) {
    throw new InvalidParameterError(`Requested memory nodes are not available - requested ${asked.mems}, available: ${available.mems}`);
  }
}

function isWithin(asked: Set<number>, available: string): boolean {
  if (asked.size === 0 || available === '') return true;
  const numbers = parseNumberList(available, 'the machine');
  return [...asked].every((number) => numbers.has(number));
}
