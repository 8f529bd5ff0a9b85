import type { EventMessage } from '../../contract/engine-api/event.ts';
import { InvalidParameterError } from '../errors.ts';

const accepted = ['config', 'container', 'daemon', 'event', 'image', 'label', 'network', 'node', 'plugin', 'scope', 'secret', 'service', 'type', 'volume'];

/**
 * A test for events out of the filters of `GET /events`. Values of one filter are alternatives, filters must all hold.
 * Source: moby daemon/events/filter.go.
 * @throws InvalidParameterError `invalid filter 'foo'`
 */
export function eventFilter(filters: Record<string, string[]>): (message: EventMessage) => boolean {
  for (const name of Object.keys(filters)) if (!accepted.includes(name)) throw new InvalidParameterError(`invalid filter '${name}'`);
  const tests = Object.entries(filters)
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => (message: EventMessage) => (name === 'label' ? values.every((value) => hasLabel(message, value)) : values.some((value) => matches(message, name, value))));
  return (message) => tests.every((test) => test(message));
}

function matches(message: EventMessage, name: string, value: string): boolean {
  const { ID: id, Attributes: attributes } = message.Actor;
  switch (name) {
    case 'event':
      // `exec_create` also means `exec_create: sh -c …`.
      return message.Action === value || message.Action.startsWith(`${value}:`);
    case 'type':
      return message.Type === value;
    case 'scope':
      return message.scope === value;
    case 'image': {
      const candidates = message.Type === 'image' ? [id, attributes.name ?? ''] : [attributes.image ?? ''];
      return candidates.some((candidate) => candidate === value || withoutTag(candidate) === value);
    }
    case 'container':
    case 'daemon':
    case 'volume':
    case 'network':
      return message.Type === name && (id === value || (value !== '' && id.startsWith(value)) || attributes.name === value);
    default:
      return false;
  }
}

function hasLabel(message: EventMessage, label: string): boolean {
  const equals = label.indexOf('=');
  const { Attributes: attributes } = message.Actor;
  if (equals < 0) return label in attributes;
  return attributes[label.slice(0, equals)] === label.slice(equals + 1);
}

function withoutTag(reference: string): string {
  return reference.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
}
