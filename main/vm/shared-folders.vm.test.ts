import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SharedFolders } from '../shared-folders/shared-folders.ts';
import { bootServedVm, type ServedVm } from './testing/served-vm.ts';

/** Folders of this computer in containers of the real VM, in one boot. */
let folder: string;
let project: string;
let folders: SharedFolders;
let served: ServedVm;
const said: string[] = [];

function open(): SharedFolders {
  const opened = new SharedFolders({ home: join(folder, 'home'), log: (line) => said.push(line) });
  opened.share([project, `${join(folder, 'fixed')}:ro`]);
  return opened;
}

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-folders-')));
  project = join(folder, 'project');
  mkdirSync(join(project, 'src'), { recursive: true });
  writeFileSync(join(project, 'src', 'main.js'), 'one\n');
  writeFileSync(join(folder, 'secret'), 'not shared\n');
  symlinkSync(join(folder, 'secret'), join(project, 'way-out'));
  mkdirSync(join(folder, 'fixed'));
  writeFileSync(join(folder, 'fixed', 'file'), 'fixed\n');
  mkdirSync(join(folder, 'home'));
  folders = open();
  // As the app that runs has it.
  served = await bootServedVm({ folders: { find: (path, create) => folders.find(path, create), connect: (port) => folders.connect(port) } });
});
afterAll(async () => {
  await served?.dispose();
  await folders?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Output of a script in a container. */
const run = (mount: string[], script: string, ...more: string[]) => served.docker('run', '--rm', '--network', 'none', ...mount, ...more, '--entrypoint', 'sh', 'slipway/hello', '-c', script);
const refusal = (mount: string[]) => run(mount, 'true').then(() => 'not refused', (error: { stderr: string }) => error.stderr);

describe('a shared folder in a container', () => {
  it('is read and written, belongs to whoever looks, and here to the person', async () => {
    const src = ['-v', `${project}/src:/src`];
    expect(await run(src, 'cat /src/main.js; stat -c "%u %a" /src/main.js')).toBe('one\n0 644');
    expect(await run(src, 'stat -c %u /src/main.js; echo two > /src/made && chmod 700 /src/made && mkdir /src/new && mv /src/made /src/new/ && ln -s main.js /src/link && cat /src/link', '--user', '1234:1234')).toBe('1234\none');
    const made = statSync(join(project, 'src/new/made'));
    expect({ uid: made.uid, mode: made.mode & 0o7777, text: readFileSync(join(project, 'src/new/made'), 'utf8') }).toEqual({ uid: process.getuid?.(), mode: 0o700, text: 'two\n' });
    expect(lstatSync(join(project, 'src/link')).isSymbolicLink()).toBe(true);
    // Databases give their folder to their own user, and look whether it is theirs.
    expect(await run(src, 'chown 999:998 /src/new && stat -c %u:%g /src/new')).toBe('999:998');
    expect(await run(src, 'stat -c %u:%g /src/new', '--user', '1234')).toBe('999:998');
    expect(statSync(join(project, 'src/new')).uid).toBe(process.getuid?.());
  });

  it('holds large files whole, and maps them', async () => {
    const bytes = Buffer.alloc(5 * 1024 * 1024 + 17, 'slipway');
    writeFileSync(join(project, 'big'), bytes);
    expect(await run(['-v', `${project}:/p`], 'sha256sum < /p/big; dd if=/p/big of=/p/copy bs=64k 2> /dev/null; tail -c 3 /p/copy; rm /p/big')).toMatch(/^[0-9a-f]{64} .*\n(?:lip|ipw|pwa|way|ays|ysl|sli)$/);
    expect(readFileSync(join(project, 'copy')).equals(bytes)).toBe(true);
    expect(existsSync(join(project, 'big'))).toBe(false);
  });

  it('is made where it is missing by -v, and not by --mount', async () => {
    expect(await run(['-v', `${project}/later/data:/data`], 'echo x > /data/x; ls /data')).toBe('x');
    expect(readFileSync(join(project, 'later/data/x'), 'utf8')).toBe('x\n');
    expect(await refusal(['--mount', `type=bind,src=${project}/nowhere,dst=/data`])).toContain(`bind source path does not exist: ${project}/nowhere`);
    expect(existsSync(join(project, 'nowhere'))).toBe(false);
  });

  it('that is for reading only is not written to', async () => {
    expect(await run(['-v', `${folder}/fixed:/fixed`], 'cat /fixed/file; echo x > /fixed/file || echo refused; rm /fixed/file || echo refused; mkdir /fixed/d || echo refused')).toContain('fixed\nrefused\nrefused\nrefused');
    expect(readFileSync(join(folder, 'fixed/file'), 'utf8')).toBe('fixed\n');
  });
});

describe('what is not shared', () => {
  it('is refused, and the message says what to do', async () => {
    for (const path of [folder, `${folder}/secret`, '/', '/etc', `${project}/way-out`, `${project}/../secret`]) {
      expect(await refusal(['-v', `${path}:/x`]), path).toMatch(/cannot mount .*: it is not shared with containers\. Add it, or a folder around it, to the shared folders in Slipway's settings/);
    }
  });

  it('is out of reach even for root of the VM', async () => {
    const mount = '/proc/1/root/run/slipway/host-folders/mount';
    const script = `cd ${mount}${folder} && ls -A; cat secret 2>&1; cat ../../etc/passwd 2>&1; cat project/way-out 2>&1; ln -s ../secret project/up; cat project/up 2>&1; ls ${mount}; ls ${mount}/etc 2>&1; mkdir ${mount}/x 2>&1; true`;
    const heard = await run([], script, '--privileged', '--pid', 'host');
    expect(heard.split('\n').slice(0, 2)).toEqual(['fixed', 'project']);
    expect(heard).not.toMatch(/not shared|root:/);
    rmSync(join(project, 'up'));
  });
});
