import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VmStartError } from '../start-error.ts';
import { writeProgram } from '../testing/stand-in-program.ts';
import { installCommand, locateQemu, parseQemuVersion } from './installation.ts';

let bin: string;
beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'slipway-bin-'));
});
afterEach(() => rm(bin, { recursive: true, force: true }));

/** FreeBSD stands for a system without usual folders, so that only PATH counts. */
const host = () => ({ platform: 'freebsd' as const, environment: { PATH: bin } });

async function refused() {
  const error = await locateQemu('amd64', host()).catch((reason: unknown) => reason);
  if (!(error instanceof VmStartError)) throw new Error('it was not refused', { cause: error });
  return error.failure;
}

describe('finding QEMU', () => {
  it('takes what is on the PATH and reads its version', async () => {
    await writeProgram(bin, 'qemu-system-x86_64', 'echo "QEMU emulator version 8.2.1 (v8.2.1)"');
    await writeProgram(bin, 'qemu-img', 'exit 0');
    expect(await locateQemu('amd64', host())).toEqual({ system: join(bin, 'qemu-system-x86_64'), img: join(bin, 'qemu-img'), version: '8.2.1', prefix: [] });
  });

  it('asks a program again only when its file has changed', async () => {
    const record = join(bin, 'known.json');
    await writeProgram(bin, 'qemu-system-x86_64', `echo asked >> ${join(bin, 'asked')}; echo "QEMU emulator version 8.2.1"`);
    await writeProgram(bin, 'qemu-img', 'exit 0');
    const asked = async () => (await readFile(join(bin, 'asked'), 'utf8')).split('asked').length - 1;
    const first = await locateQemu('amd64', host(), record);
    expect(await locateQemu('amd64', host(), record)).toEqual(first);
    expect(await asked()).toBe(1);
    await writeFile(record, '{"programs":');
    expect(await locateQemu('amd64', host(), record)).toEqual(first);
    expect(await asked()).toBe(2);
    await writeProgram(bin, 'qemu-system-x86_64', 'echo "QEMU emulator version 9.0.12, another build"');
    expect((await locateQemu('amd64', host(), record)).version).toBe('9.0.12');
    await rm(join(bin, 'qemu-system-x86_64'));
    await expect(locateQemu('amd64', host(), record)).rejects.toThrow('was not found');
  });

  it('says which program is missing', async () => {
    expect(await refused()).toMatchObject({ code: 'qemu-missing', phase: 'requirements', message: 'QEMU is not installed: qemu-system-x86_64 was not found.' });
    await writeProgram(bin, 'qemu-system-x86_64', 'exit 0');
    expect(await refused()).toMatchObject({ message: 'QEMU is not installed: qemu-img was not found.' });
  });

  it('refuses one that is too old or does not run', async () => {
    await writeProgram(bin, 'qemu-img', 'exit 0');
    await writeProgram(bin, 'qemu-system-x86_64', 'echo "QEMU emulator version 4.2.1"');
    expect((await refused()).message).toContain('QEMU 4.2.1');
    await writeProgram(bin, 'qemu-system-x86_64', 'echo broken >&2; exit 127');
    expect((await refused()).message).toContain('does not run');
  });

  it('reads the version that distributions print', () => {
    expect(parseQemuVersion('QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)')).toBe('7.2.22');
    expect(parseQemuVersion('QEMU emulator version 10.0')).toBe('10.0');
    expect(parseQemuVersion('bash: qemu: not found')).toBeNull();
  });

  it.each([
    ['apt-get', 'sudo apt-get install -y qemu-system-x86 qemu-utils'],
    ['dnf', 'sudo dnf install -y qemu-system-x86-core qemu-img'],
    ['pacman', 'sudo pacman -S --needed qemu-system-x86 qemu-img'],
  ])('names the command of %s', async (manager, command) => {
    await writeProgram(bin, manager, 'exit 0');
    expect(await installCommand('amd64', host())).toBe(command);
  });

  it('names Homebrew and winget', async () => {
    expect(await installCommand('arm64', { platform: 'darwin', environment: {} })).toBe('brew install qemu');
    expect(await installCommand('amd64', { platform: 'win32', environment: {} })).toContain('winget install');
    expect(await installCommand('amd64', host())).toBeNull();
  });
});
