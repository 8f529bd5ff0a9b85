import type { ImageRunConfig } from '../../../contract/engine-api/image.ts';
import type { Digest } from '../../content/digest.ts';
import { parseDigest } from '../../content/digest.ts';
import { InvalidParameterError } from '../../errors.ts';
import type { Platform } from './platform.ts';

/** The image's config, the JSON whose digest is the image's id. Source: OCI image-spec `config.md`. */
export interface ImageConfig extends Platform {
  /** RFC 3339, or empty. */
  created: string;
  author: string;
  comment: string;
  dockerVersion: string;
  config: ImageRunConfig;
  diffIds: Digest[];
  history: ImageHistoryEntry[];
}

export interface ImageHistoryEntry {
  created?: string;
  created_by?: string;
  author?: string;
  comment?: string;
  empty_layer?: boolean;
}

const runConfigKeys = [
  'User',
  'ExposedPorts',
  'Env',
  'Entrypoint',
  'Cmd',
  'Volumes',
  'WorkingDir',
  'Labels',
  'StopSignal',
  'Shell',
  'Healthcheck',
  'ArgsEscaped',
  'OnBuild',
] as const satisfies (keyof ImageRunConfig)[];

/** @throws InvalidParameterError for what is no image config */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const json = parseObject(bytes, 'image config');
  const rootfs = (json['rootfs'] ?? {}) as { diff_ids?: unknown };
  const diffIds = rootfs.diff_ids ?? [];
  if (!Array.isArray(diffIds)) throw new InvalidParameterError('invalid image config: rootfs.diff_ids is no list');
  const variant = text(json['variant']);
  return {
    os: text(json['os']) || 'linux',
    architecture: text(json['architecture']),
    ...(variant === '' ? {} : { variant }),
    created: text(json['created']),
    author: text(json['author']),
    comment: text(json['comment']),
    dockerVersion: text(json['docker_version']),
    config: runConfig(json['config']),
    diffIds: diffIds.map((diffId: unknown) => parseDigest(diffId, 'image config')),
    history: (Array.isArray(json['history']) ? json['history'] : []).filter(isObject).map(historyEntry),
  };
}

/** @throws InvalidParameterError that names what was expected */
export function parseObject(bytes: Uint8Array, what: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw new InvalidParameterError(`invalid ${what}: it is no JSON`, { cause: error });
  }
  if (!isObject(json)) throw new InvalidParameterError(`invalid ${what}: it is no object`);
  return json;
}

/** Only what Docker knows, and only where the type is right: the rest of the engine relies on it. */
function runConfig(value: unknown): ImageRunConfig {
  if (!isObject(value)) return {};
  const config: Record<string, unknown> = {};
  for (const key of runConfigKeys) {
    if (value[key] === undefined || value[key] === null) continue;
    if (!isOfType(key, value[key])) throw new InvalidParameterError(`invalid image config: ${key} has the wrong type`);
    config[key] = value[key];
  }
  return config;
}

function isOfType(key: (typeof runConfigKeys)[number], value: unknown): boolean {
  switch (key) {
    case 'User':
    case 'WorkingDir':
    case 'StopSignal':
      return typeof value === 'string';
    case 'Env':
    case 'Entrypoint':
    case 'Cmd':
    case 'Shell':
    case 'OnBuild':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'Labels':
      return isObject(value) && Object.values(value).every((item) => typeof item === 'string');
    case 'ExposedPorts':
    case 'Volumes':
    case 'Healthcheck':
      return isObject(value);
    case 'ArgsEscaped':
      return typeof value === 'boolean';
    default:
      return key satisfies never;
  }
}

function historyEntry(value: Record<string, unknown>): ImageHistoryEntry {
  const entry: ImageHistoryEntry = {};
  for (const key of ['created', 'created_by', 'author', 'comment'] as const) if (typeof value[key] === 'string') entry[key] = value[key];
  if (value['empty_layer'] === true) entry.empty_layer = true;
  return entry;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
