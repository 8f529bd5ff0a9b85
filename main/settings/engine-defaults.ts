import type { Settings } from '../../contract/ipc.ts';
import type { EngineClient } from '../engine-client/engine-client.ts';
import { tellEngine, type EngineSettings } from './tell-engine.ts';

/** Keeps what the engine takes for containers and networks that say nothing of it that of the settings: logs, and where subnets come from. */
export function engineDefaults(engine: Pick<EngineClient, 'operations'>, log: (line: string) => void): EngineSettings {
  return tellEngine({ engine, log, operation: 'system.defaults', bodyOf: defaultsOf, empty: {}, what: 'defaults of logs and networks' });
}

/** The body of `PUT /slipway/defaults`. */
export function defaultsOf({ logDriver, logMaxSize = '', logMaxFiles, addressPools = [] }: Settings): object | undefined {
  const Type = logDriver ?? 'json-file';
  const Config = Type === 'none' ? {} : { ...(logMaxSize === '' ? {} : { 'max-size': logMaxSize }), ...(logMaxFiles === undefined || logMaxFiles === 0 ? {} : { 'max-file': String(logMaxFiles) }) };
  if (logDriver === undefined && Object.keys(Config).length === 0 && addressPools.length === 0) return undefined;
  return { LogConfig: { Type, Config }, DefaultAddressPools: addressPools.flatMap((text) => parseAddressPool(text) ?? []) };
}

/** `base=10.10.0.0/16,size=24`, as dockerd's `--default-address-pool` is spelled. */
export function parseAddressPool(text: string): { Base: string; Size: number } | undefined {
  const [, base = '', prefix = '', size = ''] = /^base=(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2}),size=(\d{1,2})$/.exec(text) ?? [];
  const isAddress = base !== '' && base.split('.').every((octet) => Number(octet) <= 255);
  return isAddress && Number(prefix) <= Number(size) && Number(size) <= 29 ? { Base: `${base}/${prefix}`, Size: Number(size) } : undefined;
}
