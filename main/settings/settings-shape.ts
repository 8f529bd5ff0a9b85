import { isIP } from 'node:net';
import { cpus, totalmem } from 'node:os';
import { isAbsolute } from 'node:path';
import type { Settings } from '../../contract/ipc.ts';
import { Failure } from '../failure.ts';
import { usualSharedFolders } from '../shared-folders/shares.ts';
import { isProxy } from '../host-network/host-network.ts';
import { parseAddressPool } from './engine-defaults.ts';

/** What is in the file; raise it with a step in {@link migrateSettings} when a field changes its meaning. */
export const settingsVersion = 1;

const MiB = 1024 * 1024;

/** What the machine can bear: a quarter of its memory (1-8 GiB) and half of its processors (1-8, two where it has two). */
export function defaultSettings(machine: { memoryBytes: number; cpus: number } = { memoryBytes: totalmem(), cpus: cpus().length }): Settings {
  const quarter = Math.floor(machine.memoryBytes / MiB / 4 / 256) * 256;
  return {
    theme: 'system',
    memoryMiB: clamp(quarter, 1024, 8192),
    // Two where there are two: the guest comes up on one while the engine starts on the other, a third faster under emulation.
    cpus: clamp(Math.ceil(machine.cpus / 2), Math.min(2, machine.cpus), 8),
    diskGiB: 32,
    acceleration: 'auto',
    sharedFolders: usualSharedFolders(),
  };
}

/** Of `suspendAfterMinutes`, where the file has none. */
export const usualSuspendMinutes = 10;

const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most);

/** One sentence for each field: what it must be. A field that passes is undefined. */
const complaints: { [Name in keyof Settings]-?: (value: unknown) => string | undefined } = {
  theme: (value) => oneOf(value, ['system', 'dark', 'light']),
  language: (value) => oneOf(value, ['system', 'en', 'de']),
  memoryMiB: (value) => wholeNumber(value, 256, 1024 * 1024),
  cpus: (value) => wholeNumber(value, 1, 256),
  diskGiB: (value) => wholeNumber(value, 1, 64 * 1024),
  density: (value) => oneOf(value, ['comfortable', 'compact']),
  terminalFontSize: (value) => wholeNumber(value, 10, 20),
  terminalShell: (value) => (typeof value === 'string' && shell.test(value) ? undefined : 'must be the name of a shell or its absolute path'),
  registryMirrors: (value) => listOf(value, isMirror, 'must be a list of http or https addresses without account and query'),
  insecureRegistries: (value) => listOf(value, isInsecureRegistry, 'must be a list of hosts, host:port or networks such as 10.0.0.0/8'),
  acceleration: (value) => oneOf(value, ['auto', 'none']),
  hostAccess: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  suspendAfterMinutes: (value) => wholeNumber(value, 0, 7 * 24 * 60),
  proxy: (value) => oneOf(value, ['system', 'none', 'manual']),
  httpProxy: (value) => proxyAddress(value),
  httpsProxy: (value) => proxyAddress(value),
  noProxy: (value) => (typeof value === 'string' && /^[\w.,:/*[\] -]{0,4096}$/.test(value) ? undefined : 'must be names, domains and networks with commas between'),
  sharedFolders: (value) => listOf(value, (entry) => isAbsolute(entry), 'must be a list of absolute paths, with :ro at the end for reading only'),
  logDriver: (value) => oneOf(value, ['json-file', 'local', 'none']),
  logMaxSize: (value) => (typeof value === 'string' && /^(?:[1-9]\d{0,8}[kmg]?)?$/i.test(value) ? undefined : 'must be a size such as 10m'),
  logMaxFiles: (value) => wholeNumber(value, 0, 1000),
  addressPools: (value) => listOf(value, (entry) => parseAddressPool(entry) !== undefined, 'must be a list of ranges such as base=10.10.0.0/16,size=24'),
  notifications: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  closeToTray: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  certificates: (value) => listOf(value, isAbsolute, 'must be a list of absolute paths'),
};

/** Empty: none is preferred. */
const shell = /^(?:\/?[\w.+-]+(?:\/[\w.+-]+)*)?$/;
const mostEntries = 64;

function listOf(value: unknown, fits: (entry: string) => boolean, complaint: string): string | undefined {
  if (!Array.isArray(value) || value.length > mostEntries) return complaint;
  const wrong = value.find((entry: unknown) => typeof entry !== 'string' || !fits(entry)) as unknown;
  return wrong === undefined ? undefined : `${complaint}; ${JSON.stringify(wrong)} is none`;
}

/** Empty: none. */
function proxyAddress(value: unknown): string | undefined {
  return typeof value === 'string' && (value === '' || isProxy(value)) ? undefined : 'must be an http or https address such as http://proxy.example:3128';
}

function isMirror(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (url?.protocol === 'https:' || url?.protocol === 'http:') && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}

function isInsecureRegistry(text: string): boolean {
  const [address = '', prefix] = text.split('/');
  if (prefix !== undefined) return isIP(address) !== 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= (isIP(address) === 4 ? 32 : 128);
  return /^(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$/.test(text);
}

function oneOf(value: unknown, allowed: readonly string[]): string | undefined {
  return typeof value === 'string' && allowed.includes(value) ? undefined : `must be one of ${allowed.join(', ')}`;
}

function wholeNumber(value: unknown, least: number, most: number): string | undefined {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most
    ? undefined
    : `must be a whole number from ${least} to ${most}`;
}

/** @throws Failure `invalid` naming the first field that is unknown or wrong. */
export function checkSettingsChange(change: unknown): Partial<Settings> {
  if (typeof change !== 'object' || change === null || Array.isArray(change)) throw new Failure('invalid', 'Settings must be an object.');
  for (const [name, value] of Object.entries(change)) {
    if (!Object.hasOwn(complaints, name)) throw new Failure('invalid', `There is no setting ${name}.`);
    const complaint = complaints[name as keyof Settings](value);
    if (complaint !== undefined) throw new Failure('invalid', `The setting ${name} ${complaint}.`);
  }
  return change as Partial<Settings>;
}

/**
 * Settings from what a file held: every field that is missing or wrong takes its default, unknown ones are dropped.
 * `complaints` says what was not taken over.
 */
export function settingsFrom(content: Record<string, unknown>, defaults: Settings): { settings: Settings; complaints: string[] } {
  const settings: Record<string, unknown> = { ...defaults };
  const found: string[] = [];
  for (const [name, check] of Object.entries(complaints)) {
    if (!Object.hasOwn(content, name)) continue;
    const complaint = check(content[name]);
    if (complaint === undefined) settings[name] = content[name];
    else found.push(`${name} ${complaint}; its default is used`);
  }
  return { settings: settings as unknown as Settings, complaints: found };
}

/** Lifts what an older Slipway wrote to {@link settingsVersion}. @throws Failure when a newer Slipway wrote it. */
export function migrateSettings(content: Record<string, unknown>): Record<string, unknown> {
  const version = content['version'] ?? settingsVersion;
  if (typeof version !== 'number' || version > settingsVersion) {
    throw new Failure('conflict', `The settings were written by a newer Slipway (version ${String(version)}, this one knows ${settingsVersion}).`, {
      hint: 'Update Slipway, or move settings.json away.',
    });
  }
  return content;
}
