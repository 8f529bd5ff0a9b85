import type { ContainerCreateRequest, HostConfig } from '../../../../../contract/engine-api/container.ts';
import type { EndpointSettings } from '../../../../../contract/engine-api/network.ts';
import type { ValueForm } from './values.ts';

/** The folds of the form. */
export const flagGroups = ['restart', 'limits', 'network', 'storage', 'command', 'security', 'else'] as const;
export type FlagGroup = (typeof flagGroups)[number];

/** A request to create, while flags write into it. */
export interface Target {
  config: ContainerCreateRequest;
  host: HostConfig;
  health: NonNullable<ContainerCreateRequest['Healthcheck']>;
  networks: { name: string; endpoint: EndpointSettings }[];
  /** What flags of their own say of the first network. */
  endpoint: EndpointSettings;
  platform?: string;
}

/** One flag of `docker run` that is not a plain field of the form. */
export interface RunFlag {
  kind: 'switch' | 'text' | 'list';
  short?: string;
  group: FlagGroup;
  form: ValueForm;
  /** Stands in the empty field. */
  example: string;
  choices?: readonly string[];
  /** Writes the values (one, unless it is a list) into the request, as the docker CLI does. Nothing where the CLI itself acts on it. */
  put(target: Target, values: string[]): void;
}

type Put = RunFlag['put'];
type Read = (text: string) => unknown;
const same: Read = (text) => text;

/** Into a field of `HostConfig`, or of the config itself. */
export const host = (field: keyof HostConfig, read: Read = same): Put => ({ host }, [value = '']) => void ((host as Record<string, unknown>)[field] = read(value));
export const config = (field: keyof ContainerCreateRequest, read: Read = same): Put => ({ config }, [value = '']) => void ((config as Record<string, unknown>)[field] = read(value));
export const hostList = (field: keyof HostConfig, read: Read = same): Put => ({ host }, values) => void ((host as Record<string, unknown>)[field] = values.map(read));
export const nothing: Put = () => undefined;

export const on = (group: FlagGroup, put: Put, short?: string): RunFlag => ({ kind: 'switch', group, form: 'any', example: '', put, ...(short === undefined ? {} : { short }) });
export const text = (group: FlagGroup, form: ValueForm, example: string, put: Put, more: { short?: string; choices?: readonly string[] } = {}): RunFlag => ({ kind: 'text', group, form, example, put, ...more });
export const list = (group: FlagGroup, form: ValueForm, example: string, put: Put, more: { short?: string } = {}): RunFlag => ({ kind: 'list', group, form, example, put, ...more });
