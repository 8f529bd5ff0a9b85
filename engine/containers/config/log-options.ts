import type { HostConfig } from '../../../contract/engine-api/container.ts';
import { InvalidParameterError, NotImplementedError } from '../../errors.ts';

type LogConfig = { Type: string; Config: Record<string, string> };

const jsonFileOptions = ['max-size', 'max-file', 'compress', 'labels', 'labels-regex', 'env', 'env-regex', 'tag'];

/**
 * The log driver as inspect shows it.
 * @throws InvalidParameterError for drivers and options that moby does not know either, NotImplementedError for those it does
 */
export function checkLogConfig(asked: HostConfig['LogConfig']): LogConfig {
  const type = asked?.Type || 'json-file';
  const config = asked?.Config ?? {};
  if (type === 'local') throw new NotImplementedError('the log driver local is not built yet: use json-file or none');
  if (type !== 'json-file' && type !== 'none') throw new InvalidParameterError(`error looking up logging plugin ${type}: plugin "${type}" not found`);
  if (type === 'json-file') {
    for (const name of Object.keys(config)) {
      if (!jsonFileOptions.includes(name)) throw new InvalidParameterError(`unknown log opt '${name}' for json-file log driver`);
    }
    logRotation({ Type: type, Config: config });
  }
  return { Type: type, Config: config };
}

/** `max-size` in bytes (0: unlimited) and `max-file`. @throws InvalidParameterError */
export function logRotation(config: LogConfig): { maxSize: number; maxFile: number } {
  const size = config.Config['max-size'];
  const files = config.Config['max-file'];
  const maxFile = files === undefined ? 1 : Number(files);
  if (!Number.isInteger(maxFile) || maxFile < 1) throw new InvalidParameterError("max-file cannot be less than 1");
  return { maxSize: size === undefined || size === '-1' ? 0 : parseSize(size), maxFile };
}

/** `10m`, `1.5 GB`, `4096`: decimal prefixes mean powers of 1000, as in go-units `FromHumanSize`. */
function parseSize(text: string): number {
  const found = /^(\d+(?:\.\d+)?)\s?([kmgtp]?)(i?)b?$/i.exec(text.trim());
  if (found === null) throw new InvalidParameterError(`invalid size: '${text}'`);
  const exponent = ' kmgtp'.indexOf(found[2] === '' ? ' ' : found[2]!.toLowerCase());
  return Math.floor(Number(found[1]) * (found[3] === '' ? 1000 : 1024) ** exponent);
}
