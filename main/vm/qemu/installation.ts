import { execFile } from 'node:child_process';
import { access, constants, readFile, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { GuestArch } from '../driver.ts';
import { VmStartError } from '../start-error.ts';

const run = promisify(execFile);

export interface QemuInstallation {
  system: string;
  img: string;
  /** `7.2.22` */
  version: string;
  /** What comes before QEMU's command, so that it ends when this process dies; empty where that cannot be had. */
  prefix: string[];
}

export interface HostSystem {
  platform: NodeJS.Platform;
  environment: NodeJS.ProcessEnv;
}

/** The oldest release whose options are the ones that command-line.ts uses. */
const oldestMajor = 6;

/** Where package managers put QEMU, for apps that were started without a shell's PATH; on Linux every session's PATH has it. */
const usualFolders: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: ['/opt/homebrew/bin', '/usr/local/bin', '/opt/local/bin'],
  win32: ['C:\\Program Files\\qemu', 'C:\\msys64\\ucrt64\\bin'],
};

/**
 * Asking QEMU for its version and trying `setpriv` takes 0.1 s of each start, so what they said is kept together with what their files looked like.
 * @param record path of that file; without one the programs are always asked
 * @throws VmStartError `qemu-missing` with the command that installs it here.
 */
export async function locateQemu(arch: GuestArch, host: HostSystem, record?: string): Promise<QemuInstallation> {
  const name = arch === 'amd64' ? 'qemu-system-x86_64' : 'qemu-system-aarch64';
  const [system, img, setpriv] = await Promise.all([findProgram(name, host), findProgram('qemu-img', host), host.platform === 'linux' ? findProgram('setpriv', host) : null]);
  if (system === null || img === null) throw await missing(`QEMU is not installed: ${system === null ? name : 'qemu-img'} was not found.`, arch, host);
  const programs = await Promise.all([system, ...(setpriv === null ? [] : [setpriv])].map(facts));
  const known = record === undefined ? null : await readKnown(record);
  if (known !== null && JSON.stringify(known.programs) === JSON.stringify(programs)) return { system, img, version: known.version, prefix: known.prefix };

  const [output, prefix] = await Promise.all([
    run(system, ['--version'], { timeout: 10_000, env: host.environment }).then(
      ({ stdout }) => stdout,
      (error: Error) => error,
    ),
    parentDeathPrefix(setpriv),
  ]);
  const version = output instanceof Error ? null : parseQemuVersion(output);
  if (version === null) throw await missing(`${system} does not run: ${output instanceof Error ? output.message.trim() : 'it names no version'}.`, arch, host);
  if (Number(version.split('.')[0]) < oldestMajor) throw await missing(`QEMU ${version} (${system}) is too old: Slipway needs ${oldestMajor}.0 or newer.`, arch, host);
  if (record !== undefined) await writeFile(record, JSON.stringify({ programs, version, prefix } satisfies KnownQemu), { mode: 0o600 });
  return { system, img, version, prefix };
}

interface KnownQemu {
  programs: string[];
  version: string;
  prefix: string[];
}

/** Null for a record that is none: then the programs are asked again. */
async function readKnown(path: string): Promise<KnownQemu | null> {
  try {
    const known = JSON.parse(await readFile(path, 'utf8')) as KnownQemu;
    return Array.isArray(known.programs) && typeof known.version === 'string' && Array.isArray(known.prefix) ? known : null;
  } catch {
    return null;
  }
}

/** Another build of a program has another size or time; a link is followed. */
async function facts(path: string): Promise<string> {
  const { size, mtimeMs, ino } = await stat(path);
  return `${path} ${size} ${mtimeMs} ${ino}`;
}

/**
 * An app that is killed leaves no VM behind: on Linux the kernel sends QEMU a SIGTERM when its parent dies (util-linux'
 * `setpriv` arranges that, and then becomes QEMU); QEMU writes out its disks and ends. Elsewhere, or should this fail,
 * the next start finds the VM in the lock file and ends it.
 */
async function parentDeathPrefix(setpriv: string | null): Promise<string[]> {
  if (setpriv === null) return [];
  const prefix = [setpriv, '--pdeathsig', 'TERM', '--'];
  return run(setpriv, [...prefix.slice(1), 'true'], { timeout: 10_000 }).then(
    () => prefix,
    () => [],
  );
}

/** `QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)` → `7.2.22`. */
export function parseQemuVersion(output: string): string | null {
  return /version (\d+\.\d+(?:\.\d+)?)/.exec(output)?.[1] ?? null;
}

async function findProgram(name: string, { platform, environment }: HostSystem): Promise<string | null> {
  const folders = [...(environment.PATH ?? '').split(delimiter).filter((folder) => folder !== ''), ...(usualFolders[platform] ?? [])];
  for (const folder of folders) {
    const path = join(folder, platform === 'win32' ? `${name}.exe` : name);
    if (await isExecutable(path)) return path;
  }
  return null;
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function missing(message: string, arch: GuestArch, host: HostSystem): Promise<VmStartError> {
  const command = await installCommand(arch, host);
  return new VmStartError({
    code: 'qemu-missing',
    phase: 'requirements',
    message,
    steps: [{ text: command === null ? 'Install QEMU with the package manager of this system, then try again.' : 'Install it, then try again.', ...(command === null ? {} : { command }), action: 'retry' }],
  });
}

/** The exact command for the first package manager that is there; null where none is known. */
export async function installCommand(arch: GuestArch, host: HostSystem): Promise<string | null> {
  if (host.platform === 'darwin') return 'brew install qemu';
  if (host.platform === 'win32') return 'winget install --id SoftwareFreedomConservancy.QEMU';
  const x86 = arch === 'amd64';
  const commands: [manager: string, command: string][] = [
    ['apt-get', `sudo apt-get install -y ${x86 ? 'qemu-system-x86' : 'qemu-system-arm'} qemu-utils`],
    ['dnf', `sudo dnf install -y ${x86 ? 'qemu-system-x86-core' : 'qemu-system-aarch64-core'} qemu-img`],
    ['pacman', `sudo pacman -S --needed ${x86 ? 'qemu-system-x86' : 'qemu-system-aarch64'} qemu-img`],
    ['zypper', `sudo zypper install -y ${x86 ? 'qemu-x86' : 'qemu-arm'} qemu-tools`],
    ['apk', `sudo apk add ${x86 ? 'qemu-system-x86_64' : 'qemu-system-aarch64'} qemu-img`],
  ];
  for (const [manager, command] of commands) if ((await findProgram(manager, host)) !== null) return command;
  return null;
}
