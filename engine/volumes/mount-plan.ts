import { posix } from 'node:path';
import type { HostConfig, MountRequest } from '../../contract/engine-api/container.ts';
import { isLocalPath } from './subpath.ts';
import type { MountSpec } from '../containers/collaborators.ts';
import { InvalidParameterError, NotImplementedError } from '../errors.ts';
import { tmpfsOptions } from './tmpfs-options.ts';
import { checkName } from './volume-store.ts';

/** What one entry of `Binds` or `Mounts` asks for, checked but with nothing made yet. */
export interface MountPlan {
  type: 'bind' | 'volume' | 'tmpfs' | 'image';
  /** Path, volume name (empty: a new one), image reference, or empty for tmpfs. */
  source: string;
  destination: string;
  readOnly: boolean;
  /** As inspect shows it: what stood after the second colon. */
  mode: string;
  /** Of binds; empty where nothing is said. */
  propagation: string;
  /** Fill a new volume with what the image has there. */
  copy: boolean;
  labels: Record<string, string>;
  /** Of a volume that is made. */
  driver: { name: string; options: Record<string, string> };
  /** What inspect does not show of it. */
  spec?: MountSpec;
  /** Make the source of a bind when it is missing, as `-v` does and `--mount` does not. */
  createSource: boolean;
}

export const propagations = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'];
const accessModes = ['ro', 'rw'];
const labelModes = ['z', 'Z'];
const copyModes = ['nocopy'];
/** Accepted for Docker Desktop's sake, and without meaning on Linux. */
const consistencyModes = ['consistent', 'cached', 'delegated', 'default'];

/**
 * Reads `source:destination[:options]`. Source: moby `volume/mounts/linux_parser.go` ParseMountRaw, texts included.
 * @throws InvalidParameterError
 */
export function parseBind(text: string): MountPlan {
  const invalid = (reason = '') => new InvalidParameterError(`invalid volume specification: '${text}'${reason}`);
  const parts = text.split(':');
  const [source, destination, mode = ''] = parts;
  if (source === '' || parts.length > 3) throw invalid();
  if (destination === undefined) return planVolume({ source: '', destination: checkDestination(source!, 'volume', invalid), mode: '' });
  // `/foo:rw` is a destination with a mode, which makes no sense.
  if (parts.length === 2 && isMode(destination)) throw invalid();
  const options = parseMode(mode);
  const type = posix.isAbsolute(source!) ? 'bind' : 'volume';
  const target = checkDestination(destination, type, invalid);
  if (type === 'volume') {
    if (options.propagation !== '') throw invalid(': invalid mount config for type "volume": field BindOptions must not be specified');
    return { ...planVolume({ source: checkName(source!), destination: target, mode }), readOnly: options.readOnly, copy: options.copy };
  }
  if (!options.copy) throw invalid(': invalid mount config for type "bind": field VolumeOptions must not be specified');
  return planBind({ source: source!, destination: target, mode, readOnly: options.readOnly, propagation: options.propagation, createSource: true });
}

/** Reads an entry of `Mounts`. Source: moby parseMountSpec and validateMountConfigImpl. @throws InvalidParameterError */
export function parseMountRequest(request: MountRequest): MountPlan {
  const invalid = (reason: string) => new InvalidParameterError(`invalid mount config for type "${request.Type ?? ''}": ${reason}`);
  const { Type: type, Source: source = '', ReadOnly: readOnly = false } = request;
  if (!['bind', 'volume', 'tmpfs', 'image', 'npipe', 'cluster'].includes(type)) throw invalid('mount type unknown');
  if (!request.Target) throw invalid('field Target must not be empty');
  const destination = checkDestination(request.Target, type, invalid);
  if (type !== 'bind' && request.BindOptions) throw invalid('field BindOptions must not be specified');
  if (type !== 'volume' && request.VolumeOptions) throw invalid('field VolumeOptions must not be specified');
  if (type !== 'tmpfs' && request.TmpfsOptions) throw invalid('field TmpfsOptions must not be specified');
  if (type !== 'image' && request.ImageOptions) throw invalid('field ImageOptions must not be specified');
  if (type === 'bind') {
    if (source === '') throw invalid('field Source must not be empty');
    if (!posix.isAbsolute(source)) throw invalid(`invalid mount path: '${source}' mount path must be absolute`);
    const propagation = request.BindOptions?.Propagation ?? '';
    if (propagation !== '' && !propagations.includes(propagation)) throw invalid(`invalid propagation mode: ${propagation}`);
    const { CreateMountpoint: createSource = false, NonRecursive: nonRecursive, ReadOnlyNonRecursive: readOnlyNonRecursive, ReadOnlyForceRecursive: readOnlyForceRecursive } = request.BindOptions ?? {};
    if (readOnlyNonRecursive === true && readOnlyForceRecursive === true) throw invalid('mount options conflict: ReadOnlyNonRecursive && ReadOnlyForceRecursive');
    const plan = planBind({ source, destination, mode: '', readOnly, propagation, createSource });
    return { ...plan, ...withSpec({ nonRecursive, readOnlyNonRecursive, readOnlyForceRecursive }) };
  }
  if (type === 'volume') {
    const { Subpath: subpath = '', DriverConfig: driver } = request.VolumeOptions ?? {};
    if (source === '' && subpath !== '') throw invalid('must not set Subpath when using anonymous volumes');
    if (!isLocalPath(subpath)) throw invalid('subpath must be a relative path within the volume');
    if (source === '' && readOnly) throw invalid('must not set ReadOnly mode when using anonymous volumes');
    const plan = planVolume({ source: source === '' ? '' : checkName(source), destination, mode: '' });
    return {
      ...plan,
      readOnly,
      copy: request.VolumeOptions?.NoCopy !== true,
      labels: request.VolumeOptions?.Labels ?? {},
      driver: { name: driver?.Name ?? '', options: driver?.Options ?? {} },
      ...withSpec({ subpath }),
    };
  }
  if (type === 'tmpfs') {
    if (source !== '') throw invalid('field Source must not be specified');
    const { SizeBytes: size, Mode: mode, Options: more } = request.TmpfsOptions ?? {};
    const asked = [readOnly ? 'ro' : 'rw', ...(size ? [`size=${size}`] : []), ...(mode ? [`mode=${mode.toString(8)}`] : []), ...(more ?? []).map((pair) => pair.join('='))];
    const plan = { ...planVolume({ source: '', destination, mode: '' }), type: 'tmpfs' as const, mode: '', readOnly, copy: false };
    return { ...plan, ...withSpec({ tmpfs: tmpfsOptions(asked.join(',')) }) };
  }
  if (type === 'image') {
    const { Subpath: subpath = '' } = request.ImageOptions ?? {};
    if (source === '') throw invalid('field Source must not be empty');
    if (!isLocalPath(subpath)) throw invalid('subpath must be a relative path within the image');
    return { ...planVolume({ source, destination, mode: '' }), type: 'image', mode: '', readOnly: true, copy: false, ...withSpec({ subpath }) };
  }
  throw new NotImplementedError(`mounts of type ${type} are not supported: use bind, volume, tmpfs or image`);
}

/** Only what says something. */
function withSpec(spec: MountSpec): { spec?: MountSpec } {
  const said = Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined && value !== false && value !== ''));
  return Object.keys(said).length === 0 ? {} : { spec: said };
}

/** Everything that `HostConfig` asks for, in order. @throws InvalidParameterError `Duplicate mount point: /data` */
export function planMounts(hostConfig: HostConfig): MountPlan[] {
  const plans = [...(hostConfig.Binds ?? []).map(parseBind), ...(hostConfig.Mounts ?? []).map(parseMountRequest)];
  const taken = new Set(Object.keys(hostConfig.Tmpfs ?? {}).map((path) => posix.resolve('/', path)));
  for (const { destination } of plans) {
    if (taken.has(destination)) throw new InvalidParameterError(`Duplicate mount point: ${destination}`);
    taken.add(destination);
  }
  return plans;
}

/** Local volumes that say nothing have the mode `z`. Source: moby `setBindModeIfNull`. */
function planVolume(fields: Pick<MountPlan, 'source' | 'destination' | 'mode'>): MountPlan {
  return { type: 'volume', readOnly: false, propagation: '', copy: true, labels: {}, driver: { name: '', options: {} }, createSource: false, ...fields, mode: fields.mode === '' ? 'z' : fields.mode };
}

function planBind(fields: Pick<MountPlan, 'source' | 'destination' | 'mode' | 'readOnly' | 'propagation' | 'createSource'>): MountPlan {
  return { type: 'bind', copy: false, labels: {}, driver: { name: '', options: {} }, ...fields, source: cleanPath(fields.source) };
}

function checkDestination(path: string, type: string, invalid: (reason: string) => Error): string {
  const wrapped = (fault: string) => invalid(invalid('').message.startsWith('invalid volume') ? `: invalid mount config for type "${type}": ${fault}` : fault);
  if (!posix.isAbsolute(path)) throw wrapped(`invalid mount path: '${path}' mount path must be absolute`);
  const clean = cleanPath(path);
  if (clean === '/') throw wrapped(`invalid specification: destination can't be '/'`);
  return clean;
}

function cleanPath(path: string): string {
  return posix.resolve('/', path);
}

function isMode(text: string): boolean {
  try {
    parseMode(text);
    return text !== '';
  } catch {
    return false;
  }
}

/** Each kind of option once at most. @throws InvalidParameterError `invalid mode: rw,ro` */
function parseMode(mode: string): { readOnly: boolean; propagation: string; copy: boolean } {
  const found = { readOnly: false, propagation: '', copy: true };
  if (mode === '') return found;
  const seen = new Set<string[]>();
  for (const option of mode.split(',')) {
    const kind = [accessModes, labelModes, propagations, copyModes, consistencyModes].find((options) => options.includes(option));
    if (kind === undefined || seen.has(kind)) throw new InvalidParameterError(`invalid mode: ${mode}`);
    seen.add(kind);
    if (option === 'ro') found.readOnly = true;
    if (kind === propagations) found.propagation = option;
    if (kind === copyModes) found.copy = false;
  }
  return found;
}
