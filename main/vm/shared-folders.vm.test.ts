import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
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
const log = (name: string) => served.docker('logs', name);

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

describe('a change on this computer', () => {
  it('is seen by who reads, and heard by who watches: made, changed, replaced, removed', async () => {
    const src = join(project, 'watched');
    mkdirSync(src);
    writeFileSync(join(src, 'old.js'), 'one\n');
    // Node of the VM's own system, run in the container: busybox here has no watcher.
    const watcher = `require('fs').watch('/src', (event, name) => console.log(event + ' ' + name)); console.log(require('fs').readFileSync('/src/old.js', 'utf8') + 'watching')`;
    const script = 'L=$(ls -d /proc/1/root/usr/lib/*-linux-gnu); exec $(ls $L/ld-linux-*.so.?) --library-path $L /proc/1/root/usr/bin/node -e "$WATCHER"';
    await served.docker('run', '-d', '--name', 'watcher', '--network', 'none', '--privileged', '--pid', 'host', '-v', `${src}:/src`, '-e', `WATCHER=${watcher}`, '--entrypoint', 'sh', 'slipway/hello', '-c', script);
    await expect.poll(() => log('watcher'), { timeout: 120_000 }).toContain('one\nwatching');
    const times = async (words: string) => (await log('watcher')).split('\n').filter((line) => line === words).length;
    const heard = (words: string, count = 1) => expect.poll(() => times(words), { timeout: 60_000, message: words }).toBe(count);
    writeFileSync(join(src, 'new.js'), 'new\n');
    await heard('rename new.js');
    writeFileSync(join(src, 'old.js'), 'three\n');
    await heard('change old.js');
    expect(await served.docker('exec', 'watcher', 'cat', '/src/old.js')).toBe('three');
    // As editors save.
    writeFileSync(join(src, 'part'), 'four is longer\n');
    renameSync(join(src, 'part'), join(src, 'old.js'));
    await heard('change old.js', 2);
    expect(await served.docker('exec', 'watcher', 'cat', '/src/old.js')).toBe('four is longer');
    mkdirSync(join(src, 'folder'));
    await heard('rename folder');
    rmSync(join(src, 'new.js'));
    await heard('rename new.js', 2);
    expect(await served.docker('exec', 'watcher', 'ls', '/src')).toBe('folder\nold.js');
    // What a container does itself is heard once.
    await served.docker('exec', 'watcher', 'mkdir', '/src/own');
    writeFileSync(join(src, 'last.js'), '');
    await heard('rename last.js');
    expect(await times('rename own')).toBe(1);
  });
});

describe('a container with a shared folder', () => {
  it('outlives the death of the engine, and a suspension over which the app is another one', async () => {
    writeFileSync(join(project, 'order'), 'go\n');
    await served.docker('run', '-d', '--name', 'worker', '--network', 'none', '-v', `${project}:/p`, '--entrypoint', 'sh', 'slipway/hello', '-c', 'exec 3>/p/open; while read line < /p/order; do [ "$line" = end ] && break; sleep 0.1; done; echo whole >&3; cat /p/src/main.js > /p/done');
    await Promise.race([run([], 'kill -9 $(cat /proc/1/root/run/slipway/engine.pid)', '--privileged', '--pid', 'host').catch(() => undefined), delay(15_000)]);
    // The engine that comes back is asked anew: what the old one had begun may never be answered.
    const asked = () => Promise.race([served.docker('exec', 'worker', 'cat', '/p/order').catch(() => ''), delay(10_000, 'not answered')]);
    await expect.poll(asked, { timeout: 150_000 }).toBe('go');
    await served.vm.suspend();
    expect(served.vm.state.status).toBe('suspended');
    await folders.close();
    folders = open();
    writeFileSync(join(project, 'src/main.js'), 'after\n');
    writeFileSync(join(project, 'order'), 'end\n');
    await served.vm.start();
    expect(await served.docker('wait', 'worker')).toBe('0');
    expect(readFileSync(join(project, 'open'), 'utf8')).toBe('whole\n');
    expect(readFileSync(join(project, 'done'), 'utf8')).toBe('after\n');
    expect(said).toEqual([]);
  });
});
