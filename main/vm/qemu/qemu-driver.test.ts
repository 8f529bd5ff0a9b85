import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LaunchedVm, VmDriver } from '../driver.ts';
import { instanceFiles, makeInstanceFolders, writeInstanceKey, type InstanceFiles } from '../home/instance-files.ts';
import { VmStartError } from '../start-error.ts';
import { writeProgram } from '../testing/stand-in-program.ts';
import { createQemuDriver } from './qemu-driver.ts';

vi.setConfig({ testTimeout: 30_000 });

let folder: string;
let files: InstanceFiles;
let driver: VmDriver;
const launched: LaunchedVm[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-qemu-'));
  files = instanceFiles(join(folder, 'home'));
  await makeInstanceFolders(files);
  await writeInstanceKey(files);
  await writeProgram(join(folder, 'bin'), 'qemu-img', 'exit 0');
  driver = createQemuDriver({ host: { platform: process.platform, environment: { PATH: `${join(folder, 'bin')}:${process.env.PATH}` } } });
});

afterEach(async () => {
  for (const vm of launched.splice(0)) {
    vm.kill();
    await vm.exited;
  }
  await rm(folder, { recursive: true, force: true });
});

/** QEMU's place is taken by a script; `--version` is answered before it. */
const standIn = (script: string) => writeProgram(join(folder, 'bin'), 'qemu-system-x86_64', `[ "$1" = --version ] && { echo "QEMU emulator version 9.9.9"; exit 0; }\n${script}`);

/** A QEMU that talks QMP as far as a test needs it: greeting, empty answers, and `quit` ends it. */
const qmpServer = `exec "${process.execPath}" -e '
  const server = require("net").createServer((socket) => {
    socket.write(JSON.stringify({ QMP: {} }) + "\\n");
    socket.on("data", (text) => {
      for (const line of String(text).trim().split("\\n")) {
        const { id, execute } = JSON.parse(line);
        socket.write(JSON.stringify({ return: {}, id }) + "\\n");
        if (execute === "qmp_capabilities") socket.write(JSON.stringify({ event: "VSERPORT_CHANGE", data: { open: false, id: "channel1" } }) + "\\n");
        if (execute === "quit") process.exit(0);
      }
    });
  });
  const path = /path=([^,]+)/.exec(process.argv.find((argument) => argument.startsWith("socket,id=qmp")))[1];
  for (const name of ["channel-0", "channel-1", "channel-2", "net-outgoing", "net-allowed"]) require("net").createServer().listen(path.replace("qmp", name));
  console.log("slipway: kernel");
  console.error("a warning");
  server.listen(path);
' -- "$@"`;

async function launch(signal = new AbortController().signal): Promise<LaunchedVm> {
  const hypervisor = await driver.locate('amd64', files);
  const vm = await hypervisor.launch({
    hostAccess: () => false,
    files,
    image: { version: '0', digest: '', arch: 'amd64', kernel: '/k', initrd: '/i', root: '/r', commandLine: { base: '', tcg: '' } },
    settings: { memoryMiB: 256, cpus: 1, diskGiB: 1, acceleration: 'none' },
    accelerator: 'tcg',
    signal,
    started: () => Promise.resolve(),
  });
  launched.push(vm);
  return vm;
}

async function failure() {
  const error = await launch().catch((reason: unknown) => reason);
  if (!(error instanceof VmStartError)) throw new Error('the launch did not fail as it should', { cause: error });
  return error.failure;
}

describe('launching QEMU', () => {
  it('resolves once QMP answers, with the console from its first byte and sockets for nobody else', async () => {
    await standIn(qmpServer);
    const vm = await launch();
    const ports: boolean[] = [];
    vm.onGuestPort((open) => ports.push(open));
    expect(String(vm.console.read() ?? (await new Promise((resolve) => vm.console.once('data', resolve))))).toContain('slipway: kernel');
    for (const path of [files.qmpSocket, ...files.channelSockets, ...Object.values(files.guardSockets)]) expect((await stat(path)).mode & 0o777).toBe(0o600);
    await vm.quit();
    expect(await vm.exited).toEqual({ code: 0, signal: null });
    expect(vm.complaints()).toEqual(['a warning']);
  });

  it.each([
    ['qemu-failed', 'echo "qemu-system-x86_64: cannot set up guest memory: Cannot allocate memory" >&2; exit 1', /memory that the settings give/],
    ['qemu-failed', 'echo "qemu-system-x86_64: -M q36: unsupported machine type" >&2; exit 1', /QEMU did not start: .*unsupported machine type/],
    ['already-running', 'echo "Failed to get \\"write\\" lock" >&2; exit 1', /Another VM is using the data disk/],
    ['qemu-failed', 'kill -SEGV $$', /QEMU did not start: QEMU ended at once/],
  ])('says %s when it ends with %j', async (code, script, message) => {
    await standIn(script);
    const told = await failure();
    expect(told).toMatchObject({ code, phase: 'hypervisor' });
    expect(told.message).toMatch(message);
  });

  it('says that the data disk is damaged when QEMU cannot open it', async () => {
    await standIn(`echo "qemu-system-x86_64: ${files.dataDisk}: Image is not in qcow2 format" >&2; exit 1`);
    const told = await failure();
    expect(told).toMatchObject({ code: 'data-disk-damaged', phase: 'hypervisor' });
    expect(told.steps.map(({ action }) => action)).toEqual(['retry', 'reset-data-disk']);
    expect(told.lastLines.join('\n')).toContain('not in qcow2 format');
  });

  it('can be taken back while QEMU says nothing, and leaves no process', async () => {
    await standIn(`echo $$ > "${folder}/pid"; exec sleep 1000`);
    const abort = new AbortController();
    const launching = launch(abort.signal).catch((error: unknown) => error);
    const { access, readFile } = await import('node:fs/promises');
    while (
      !(await access(join(folder, 'pid')).then(
        () => true,
        () => false,
      ))
    );
    abort.abort(new Error('stopped'));
    expect(await launching).toMatchObject({ message: 'stopped' });
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('ends an orphan in order, and one that does not answer by force', async () => {
    await standIn(qmpServer);
    const orphan = await launch();
    await driver.endOrphan(orphan.pid, files);
    expect(await orphan.exited).toEqual({ code: 0, signal: null });
  });
});
