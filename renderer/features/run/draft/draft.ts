import { splitWords } from '../../../format/shell-words.ts';
import { flagNames, flagOf, type FlagName } from './flags/run-flags.ts';

export interface PortRow {
  key: string;
  /** On this computer, `8080` or with an address `127.0.0.1:8080`; empty lets the engine choose. Ranges as `8000-8010`. */
  host: string;
  inside: string;
  protocol: 'tcp' | 'udp' | 'sctp';
  fromImage: boolean;
}

export interface EnvRow {
  key: string;
  name: string;
  value: string;
}

export interface VolumeRow {
  key: string;
  /** A volume's name, or a folder of this computer when it is a path; empty makes a volume without a name. */
  source: string;
  target: string;
  readOnly: boolean;
  /** What else stands behind the second colon: `z,nocopy`. */
  more: string;
}

/** Values of flags by name: one of a text, `true` of a switch. */
export type Options = Partial<Record<FlagName, string[]>>;

/** The form as typed: everything is text until it is checked. */
export interface RunDraft {
  image: string;
  name: string;
  ports: PortRow[];
  env: EnvRow[];
  volumes: VolumeRow[];
  /** As it would be typed in a shell. */
  command: string;
  options: Options;
}

export function emptyDraft(image: string): RunDraft {
  return { image, name: '', ports: [], env: [], volumes: [], command: '', options: {} };
}

let nextRow = 1;
const rowKey = (): string => `row-${nextRow++}`;
export const portRow = (host = '', inside = '', protocol: PortRow['protocol'] = 'tcp', fromImage = false): PortRow => ({ key: rowKey(), host, inside, protocol, fromImage });
export const envRow = (name = '', value = ''): EnvRow => ({ key: rowKey(), name, value });
export const volumeRow = (source = '', target = '', readOnly = false, more = ''): VolumeRow => ({ key: rowKey(), source, target, readOnly, more });

export const filledPorts = (draft: RunDraft): PortRow[] => draft.ports.filter(({ inside, host }) => inside.trim() !== '' || host.trim() !== '');
export const filledEnv = (draft: RunDraft): EnvRow[] => draft.env.filter(({ name }) => name.trim() !== '');
export const filledVolumes = (draft: RunDraft): VolumeRow[] => draft.volumes.filter(({ source, target }) => source.trim() !== '' || target.trim() !== '');

/** The flags that are set, in the order of the table, without values that are empty. */
export function filledOptions({ options }: RunDraft): { name: FlagName; values: string[] }[] {
  return flagNames.flatMap((name) => {
    // Only free text may mean its spaces.
    const isFree = flagOf(name).form === 'any' || flagOf(name).form === 'pair';
    const values = (options[name] ?? []).map((value) => (isFree ? value : value.trim())).filter((value) => value.trim() !== '');
    return values.length === 0 ? [] : [{ name, values }];
  });
}

export const optionOf = (draft: RunDraft, name: FlagName): string => draft.options[name]?.[0] ?? '';

/** `volume:target:options` as `--volume` and the engine's `Binds` take it. */
export function volumeText({ source, target, readOnly, more }: VolumeRow): string {
  const options = [readOnly ? 'ro' : '', more.trim()].filter((one) => one !== '').join(',');
  return [source.trim(), target.trim(), options].filter((part, index) => part !== '' || (index === 1 && options !== '')).join(':');
}

export function isHostFolder(source: string): boolean {
  return /^(?:[/~$%]|\.{1,2}(?:[\\/]|$)|[A-Za-z]:[\\/])/.test(source.trim());
}

/** A path that only a shell in some folder could complete: `./site`, `~/site`, `$PWD/site`. */
export function isUnfinishedPath(source: string): boolean {
  return isHostFolder(source) && !/^(?:\/|[A-Za-z]:[\\/])/.test(source.trim());
}

export function commandWords(draft: RunDraft): string[] {
  const split = splitWords(draft.command);
  return split.ok ? split.words : [];
}
