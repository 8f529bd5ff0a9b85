import type { EventMessage } from '../../contract/engine-api/event.ts';

/** Filters that name an object: a beginning of its id or of its name, whatever its type, as in moby. */
const byName = ['config', 'container', 'daemon', 'network', 'node', 'plugin', 'secret', 'service', 'volume'];

/** Actions that carry a text after a colon: their filters are beginnings. */
const withText = ['health_status', 'exec_create', 'exec_start'];

/**
 * A test for events out of the filters of `GET /events`. Values of one filter are alternatives, filters must all hold; a filter that is not
 * known says nothing. Source: moby daemon/events/filter.go.
 */
export function eventFilter(filters: Record<string, string[]>): (message: EventMessage) => boolean {
  const tests = Object.entries(filters)
    .filter(([, values]) => values.length > 0)
    .flatMap(([name, values]) => testOf(name, values) ?? []);
  return (message) => tests.every((test) => test(message));
}

function testOf(name: string, values: string[]): ((message: EventMessage) => boolean) | undefined {
  const begins = (text: string) => values.some((value) => text.startsWith(value));
  if (byName.includes(name)) return ({ Actor }) => begins(Actor.ID) || begins(Actor.Attributes.name ?? '');
  switch (name) {
    case 'event':
      return values.some((value) => withText.includes(value)) ? ({ Action }) => begins(Action) : ({ Action }) => values.includes(Action);
    case 'type':
      return ({ Type }) => values.includes(Type);
    case 'scope':
      return ({ scope }) => values.includes(scope);
    case 'label':
      return (message) => values.every((value) => hasLabel(message, value));
    case 'image':
      return ({ Type, Actor }) => {
        const imageName = Actor.Attributes[Type === 'image' ? 'name' : 'image'] ?? '';
        return [Actor.ID, imageName, withoutTag(Actor.ID), withoutTag(imageName)].some((candidate) => values.includes(candidate));
      };
    default:
      return undefined;
  }
}

function hasLabel(message: EventMessage, label: string): boolean {
  const equals = label.indexOf('=');
  const { Attributes: attributes } = message.Actor;
  if (equals < 0) return Object.hasOwn(attributes, label);
  return attributes[label.slice(0, equals)] === label.slice(equals + 1);
}

function withoutTag(reference: string): string {
  return reference.replace(/@.*$/, '').replace(/:[^:/]*$/, '').replace(/^docker\.io\/(library\/)?/, '');
}
