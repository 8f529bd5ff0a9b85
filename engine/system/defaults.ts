import { setUsualLog } from '../containers/config/log-options.ts';
import { InvalidParameterError } from '../errors.ts';
import { parsePools, setPools } from '../network/addressing/default-subnets.ts';

/** What `dockerd` reads from its daemon.json: the body of `PUT /slipway/defaults`. */
export interface Defaults {
  LogConfig?: { Type?: string; Config?: Record<string, string> };
  /** As `--default-address-pool`: each `Base` is cut into networks of `Size` bits. */
  DefaultAddressPools?: { Base: string; Size: number }[];
}

/**
 * Takes over what holds for containers and networks that say nothing of it, in place of what the call before said; what is left out is as the engine
 * came. What is there keeps what it has. @throws InvalidParameterError; nothing is changed then
 */
export function takeDefaults({ LogConfig = {}, DefaultAddressPools = [] }: Defaults): void {
  const pools = parsePools(DefaultAddressPools);
  if (LogConfig.Type === 'none' && Object.keys(LogConfig.Config ?? {}).length > 0) throw new InvalidParameterError('LogConfig: the driver none takes no options');
  setUsualLog(LogConfig);
  setPools(pools);
}
