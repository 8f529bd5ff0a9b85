import { InvalidParameterError } from '../errors.ts';
import { predefinedNames, type NetworkRecord } from './network-record.ts';

type Test = (record: NetworkRecord, value: string, isUsed: boolean) => boolean;

/** Source: moby `daemon/network/filter.go`. */
const tests: Record<string, Test> = {
  name: (record, value) => record.name.includes(value),
  id: (record, value) => record.id.startsWith(value),
  driver: (record, value) => record.driver === value,
  scope: (_record, value) => value === 'local',
  label: (record, value) => {
    const [key = '', ...rest] = value.split('=');
    return key in record.labels && (rest.length === 0 || record.labels[key] === rest.join('='));
  },
  type: (record, value) => {
    if (value !== 'custom' && value !== 'builtin') throw new InvalidParameterError(`invalid filter: 'type'='${value}'`);
    return (value === 'builtin') === predefinedNames.includes(record.name);
  },
  dangling: (record, value, isUsed) => {
    const wanted = ['1', 'true'].includes(value);
    if (!wanted && !['0', 'false'].includes(value)) throw new InvalidParameterError(`invalid filter: 'dangling'='${value}'`);
    return !predefinedNames.includes(record.name) && wanted === !isUsed;
  },
};

/** Values of one filter are alternatives, but labels must all be there. @throws InvalidParameterError `invalid filter 'foo'` */
export function networkFilter(filters: Record<string, string[]>): (record: NetworkRecord, isUsed: boolean) => boolean {
  const unknown = Object.keys(filters).find((name) => !Object.hasOwn(tests, name));
  if (unknown !== undefined) throw new InvalidParameterError(`invalid filter '${unknown}'`);
  return (record, isUsed) =>
    Object.entries(filters).every(([name, values]) => {
      const passes = (value: string) => tests[name]!(record, value, isUsed);
      return values.length === 0 || (name === 'label' ? values.every(passes) : values.some(passes));
    });
}
