import { InvalidParameterError } from '../../errors.ts';
import type { ImageSource } from '../collaborators.ts';
import type { Container } from '../container.ts';
import type { ContainerStore } from '../container-store.ts';

type Filters = Record<string, string[]>;
type Test = (container: Container) => boolean;

const accepted = [
  'ancestor', 'before', 'exited', 'expose', 'health', 'id', 'isolation', 'is-task', 'label', 'name', 'network', 'publish', 'since', 'status', 'volume',
];
const statuses = ['created', 'restarting', 'running', 'removing', 'paused', 'exited', 'dead'];

/** Filters that speak of stopped containers show them without `all`. */
export const showsStopped: readonly string[] = ['status', 'exited', 'before', 'since'];

/**
 * A test for containers out of the filters of `GET /containers/json`; values of one filter are alternatives (of `label`
 * all must hold), and all filters must hold. Source: moby daemon/list.go.
 * @throws InvalidParameterError `invalid filter 'foo'`, NotFoundError for an unknown container in `before` or `since`
 */
export async function containerFilter(needs: { store: ContainerStore; images: ImageSource }, filters: Filters): Promise<Test> {
  const tests: Test[] = [];
  for (const [name, values] of Object.entries(filters)) {
    if (!accepted.includes(name)) throw new InvalidParameterError(`invalid filter '${name}'`);
    if (values.length > 0) tests.push(await testFor(needs, name, values));
  }
  return (container) => tests.every((test) => test(container));
}

async function testFor(needs: { store: ContainerStore; images: ImageSource }, name: string, values: string[]): Promise<Test> {
  switch (name) {
    case 'id': {
      const patterns = values.map((value) => pattern(name, value));
      return (container) => patterns.some((regex) => regex.test(container.id));
    }
    case 'name': {
      const patterns = values.map((value) => pattern(name, value));
      return (container) => patterns.some((regex) => regex.test(container.name) || regex.test(`/${container.name}`));
    }
    case 'label':
      return (container) => values.every((value) => hasLabel(container, value));
    case 'status':
      for (const value of values) if (!statuses.includes(value)) throw new InvalidParameterError(`invalid filter 'status=${value}'`);
      return (container) => values.includes(container.state.status);
    case 'exited': {
      const codes = values.map((value) => integer(name, value));
      return ({ state }) => state.status === 'exited' && codes.includes(state.exitCode);
    }
    case 'before':
    case 'since': {
      const moments = values.map((value) => needs.store.resolve(value).record.created);
      return ({ record }) => moments.every((moment) => (name === 'before' ? record.created < moment : record.created > moment));
    }
    case 'ancestor': {
      const ids = new Set<string>();
      for (const value of values) await needs.images.resolve(value).then((image) => ids.add(image.id), () => undefined);
      return ({ record }) => ids.has(record.image.id) || values.includes(record.config.Image ?? '');
    }
    case 'network':
      return ({ record }) => Object.entries(record.endpoints).some(([network, endpoint]) => values.some((value) => network === value || (endpoint.NetworkID ?? '').startsWith(value)));
    case 'volume':
      return ({ record }) => record.mounts.some((mount) => values.includes(mount.Name ?? '') || values.includes(mount.Destination));
    case 'publish':
    case 'expose':
      for (const value of values) checkPort(name, value);
      return (container) => values.some((value) => hasPort(container, value, name === 'publish'));
    case 'health':
      for (const value of values) if (!['starting', 'healthy', 'unhealthy', 'none'].includes(value)) throw new InvalidParameterError(`invalid filter 'health=${value}'`);
      return ({ record }) => values.includes(record.health?.Status ?? 'none');
    case 'is-task': {
      // No container here is one of swarm's.
      const wanted = values.map((value) => ['0', 'false'].includes(value) || !['1', 'true'].includes(value) && undefined);
      if (wanted.includes(undefined)) throw new InvalidParameterError(`invalid filter 'is-task=[${values.join(' ')}]'`);
      return () => wanted.every((value) => value === true);
    }
    default:
      // `isolation` speaks of Windows.
      return () => values.includes('default');
  }
}

/** moby takes names and ids as regular expressions, and as plain words where they are none. */
function pattern(name: string, value: string): RegExp {
  if (value.length > 1000) throw new InvalidParameterError(`invalid filter '${name}': it is longer than 1000 characters`);
  try {
    return new RegExp(value);
  } catch {
    return new RegExp(value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  }
}

function integer(name: string, value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidParameterError(`invalid filter '${name}=${value}'`);
  return Number(value);
}

function hasLabel(container: Container, label: string): boolean {
  const labels = container.record.config.Labels ?? {};
  const equals = label.indexOf('=');
  return equals < 0 ? label in labels : labels[label.slice(0, equals)] === label.slice(equals + 1);
}

/** @throws InvalidParameterError in Go's words */
function checkPort(name: string, value: string): void {
  for (const part of value.split('/', 1)[0]!.split('-')) {
    const fault = !/^\d+$/.test(part) ? 'invalid syntax' : Number(part) > 65535 ? 'value out of range' : null;
    if (fault !== null) throw new InvalidParameterError(`error while looking up for ${name} ${value}: strconv.ParseUint: parsing ${JSON.stringify(part)}: ${fault}`);
  }
}

/** @param value `80`, `80/udp`, `8000-8080/tcp`; the port in the container for `expose`, the host's for `publish`. */
function hasPort(container: Container, value: string, published: boolean): boolean {
  const found = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/.exec(value);
  if (found === null) return false;
  const first = Number(found[1]);
  const last = Number(found[2] ?? first);
  const protocol = found[3] ?? 'tcp';
  const within = (port: number) => port >= first && port <= last;
  const { hostConfig, config } = container.record;
  const ports = container.sandbox?.ports ?? hostConfig.PortBindings ?? {};
  const keys = published ? Object.keys(ports) : [...new Set([...Object.keys(ports), ...Object.keys(config.ExposedPorts ?? {})])];
  return keys.some((key) => {
    const [port, type = 'tcp'] = key.split('/');
    if (type !== protocol) return false;
    return published ? (ports[key] ?? []).some((binding) => within(Number(binding.HostPort)) || within(Number(port))) : within(Number(port));
  });
}
