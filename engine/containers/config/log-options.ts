import type { HostConfig } from '../../../contract/engine-api/container.ts';
import { InvalidParameterError } from '../../errors.ts';

type LogConfig = { Type: string; Config: Record<string, string> };

/** The drivers and what each takes. Source: moby daemon/logger. */
const driverOptions: Record<string, string[]> = {
  'json-file': ['max-size', 'max-file', 'compress', 'labels', 'labels-regex', 'env', 'env-regex', 'tag', 'mode', 'max-buffer-size'],
  local: ['max-size', 'max-file', 'compress', 'mode', 'max-buffer-size'],
};
/** Of the local driver, which always rotates. */
const localSize = 20_000_000;
const localFiles = 5;

const asItCame: LogConfig = { Type: 'json-file', Config: {} };
let usual = asItCame;

/** What a container has that asks for nothing. */
export const usualLog = (): LogConfig => usual;

/** Another default than json-file without options. @throws InvalidParameterError */
export function setUsualLog({ Type = '', Config = {} }: Partial<LogConfig>): void {
  const before = usual;
  usual = asItCame;
  try {
    usual = checkLogConfig({ Type, Config });
  } catch (error) {
    usual = before;
    throw error;
  }
}

/**
 * The log driver as inspect shows it. Options that were not asked for are the default's, where it is the same driver. Source: moby
 * `daemon/logs.go` `mergeAndVerifyLogConfig`.
 * @throws InvalidParameterError in moby's words
 */
export function checkLogConfig(asked: HostConfig['LogConfig']): LogConfig {
  const type = asked?.Type || usual.Type;
  const config = type === usual.Type ? { ...usual.Config, ...asked?.Config } : (asked?.Config ?? {});
  if (type === 'none') return { Type: type, Config: config };
  const known = driverOptions[type];
  if (known === undefined) throw new InvalidParameterError(`error looking up logging plugin ${type}: plugin "${type}" not found`);
  for (const name of Object.keys(config)) {
    if (known.includes(name)) continue;
    throw new InvalidParameterError(type === 'local' ? `unknown log opt '${name}' for log driver local` : `unknown log opt '${name}' for json-file log driver`);
  }
  checkMode(config);
  for (const name of ['labels-regex', 'env-regex']) checkPattern(name, config[name]);
  logRotation({ Type: type, Config: config });
  return { Type: type, Config: config };
}

/** `max-size` in bytes (0: unlimited), `max-file` and `compress`. @throws InvalidParameterError */
export function logRotation(config: LogConfig): { maxSize: number; maxFile: number; compress?: boolean } {
  const { 'max-size': size, 'max-file': files, compress: compressText } = config.Config;
  const local = config.Type === 'local';
  const maxFile = files === undefined ? (local ? localFiles : 1) : Number(files);
  if (!Number.isInteger(maxFile) || maxFile < 1) throw new InvalidParameterError('max-file cannot be less than 1');
  const unlimited = size === '-1' && !local;
  const maxSize = size === undefined ? (local ? localSize : 0) : unlimited ? 0 : parseSize(size);
  if (size !== undefined && !unlimited && maxSize <= 0) throw new InvalidParameterError('max-size must be a positive number');
  const compress = compressText === undefined ? local && maxFile > 1 : parseBoolean(compressText);
  if (compress && compressText !== undefined && (maxFile === 1 || maxSize === 0)) {
    throw new InvalidParameterError('compress cannot be true when max-file is less than 2 or max-size is not set');
  }
  return { maxSize, maxFile, ...(compress ? { compress } : {}) };
}

/** Output never waits for a log here, so both modes are the same; their options are checked all the same. */
function checkMode(config: Record<string, string>): void {
  const { mode = '', 'max-buffer-size': buffer } = config;
  if (!['', 'blocking', 'non-blocking'].includes(mode)) throw new InvalidParameterError(`logger: logging mode not supported: ${mode}`);
  if (buffer === undefined) return;
  if (mode !== 'non-blocking') throw new InvalidParameterError(`logger: max-buffer-size option is only supported with 'mode=non-blocking'`);
  parseSize(buffer);
}

function checkPattern(name: string, pattern: string | undefined): void {
  try {
    new RegExp(pattern ?? '');
  } catch (error) {
    throw new InvalidParameterError(`log opt ${name}: ${(error as Error).message}`, { cause: error });
  }
}

function parseBoolean(text: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw new InvalidParameterError(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** `10m`, `1.5 GB`, `4096`: decimal prefixes mean powers of 1000, as in go-units `FromHumanSize`. */
function parseSize(text: string): number {
  const found = /^(\d+(?:\.\d+)?)\s?([kmgtp]?)(i?)b?$/i.exec(text.trim());
  if (found === null) throw new InvalidParameterError(`invalid size: '${text}'`);
  const exponent = ' kmgtp'.indexOf(found[2] === '' ? ' ' : found[2]!.toLowerCase());
  return Math.floor(Number(found[1]) * (found[3] === '' ? 1000 : 1024) ** exponent);
}
