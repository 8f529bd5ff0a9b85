import type { ContainerCreateRequest, HostConfig } from '../../../../contract/engine-api/container.ts';
import { parseMemory } from '../../../format/bytes.ts';
import { splitWords } from '../../../format/shell-words.ts';

export interface PortRow {
  key: string;
  /** On this computer; empty lets the engine choose. */
  host: string;
  inside: string;
  protocol: 'tcp' | 'udp';
  fromImage: boolean;
}

export interface EnvRow {
  key: string;
  name: string;
  value: string;
}

export interface VolumeRow {
  key: string;
  /** A volume's name, or a folder of this computer when it is a path. */
  source: string;
  target: string;
  readOnly: boolean;
}

export type RestartChoice = 'no' | 'unless-stopped' | 'always' | 'on-failure';

/** The form as typed: everything is text until it is checked. */
export interface RunDraft {
  image: string;
  name: string;
  ports: PortRow[];
  env: EnvRow[];
  volumes: VolumeRow[];
  restart: RestartChoice;
  memory: string;
  cpus: string;
  command: string;
  user: string;
  workdir: string;
  tty: boolean;
  autoRemove: boolean;
}

export function emptyDraft(image: string): RunDraft {
  return { image, name: '', ports: [], env: [], volumes: [], restart: 'no', memory: '', cpus: '', command: '', user: '', workdir: '', tty: false, autoRemove: false };
}

let nextRow = 1;
const rowKey = (): string => `row-${nextRow++}`;
export const portRow = (host = '', inside = '', protocol: PortRow['protocol'] = 'tcp', fromImage = false): PortRow => ({ key: rowKey(), host, inside, protocol, fromImage });
export const envRow = (): EnvRow => ({ key: rowKey(), name: '', value: '' });
export const volumeRow = (source = '', target = ''): VolumeRow => ({ key: rowKey(), source, target, readOnly: false });

export const filledPorts = (draft: RunDraft): PortRow[] => draft.ports.filter(({ inside, host }) => inside.trim() !== '' || host.trim() !== '');
export const filledEnv = (draft: RunDraft): EnvRow[] => draft.env.filter(({ name }) => name.trim() !== '');
export const filledVolumes = (draft: RunDraft): VolumeRow[] => draft.volumes.filter(({ source, target }) => source.trim() !== '' || target.trim() !== '');

/** `80/tcp` and the port on this computer; the same number when only one was typed. */
export function portPair({ host, inside, protocol }: PortRow): { host: string; inside: string; key: string } {
  const inner = inside.trim() === '' ? host.trim() : inside.trim();
  return { host: host.trim(), inside: inner, key: `${inner}/${protocol}` };
}

export function isHostFolder(source: string): boolean {
  return /^(?:[/~]|\.{1,2}(?:\/|$)|[A-Za-z]:[\\/])/.test(source.trim());
}

export function commandWords(draft: RunDraft): string[] {
  const split = splitWords(draft.command);
  return split.ok ? split.words : [];
}

/** What the engine is asked. The draft is without problems when this is sent. */
export function requestOf(draft: RunDraft): ContainerCreateRequest {
  const ports = filledPorts(draft).map(portPair);
  const bindings: NonNullable<HostConfig['PortBindings']> = {};
  for (const { key, host } of ports) bindings[key] = [...(bindings[key] ?? []), { HostIp: '', HostPort: host }];
  const binds = filledVolumes(draft).map(({ source, target, readOnly }) => `${source.trim()}:${target.trim()}${readOnly ? ':ro' : ''}`);
  const words = commandWords(draft);
  const memory = parseMemory(draft.memory);
  const cpus = Number(draft.cpus);
  return {
    Image: draft.image.trim(),
    ...(ports.length > 0 ? { ExposedPorts: Object.fromEntries(ports.map(({ key }) => [key, {}])) } : {}),
    ...(filledEnv(draft).length > 0 ? { Env: filledEnv(draft).map(({ name, value }) => `${name.trim()}=${value}`) } : {}),
    ...(words.length > 0 ? { Cmd: words } : {}),
    ...(draft.user.trim() === '' ? {} : { User: draft.user.trim() }),
    ...(draft.workdir.trim() === '' ? {} : { WorkingDir: draft.workdir.trim() }),
    ...(draft.tty ? { Tty: true, OpenStdin: true } : {}),
    HostConfig: {
      ...(ports.length > 0 ? { PortBindings: bindings } : {}),
      ...(binds.length > 0 ? { Binds: binds } : {}),
      ...(draft.restart === 'no' ? {} : { RestartPolicy: { Name: draft.restart, MaximumRetryCount: 0 } }),
      ...(memory === undefined ? {} : { Memory: memory }),
      ...(draft.cpus.trim() === '' ? {} : { NanoCpus: Math.round(cpus * 1e9) }),
      ...(draft.autoRemove ? { AutoRemove: true } : {}),
    },
  };
}
