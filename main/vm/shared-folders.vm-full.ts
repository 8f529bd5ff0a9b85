import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SharedFolders } from '../shared-folders/shared-folders.ts';
import { bootServedVm, type ServedVm } from './testing/served-vm.ts';

/** What shared folders carry, beside a volume of the same VM: figures for ADR 16. */
const MiB = 1024 * 1024;
const [fileCount, folderCount, bytes] = [10_000, 100, 64 * MiB];
let folder: string;
let folders: SharedFolders;
let served: ServedVm;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-carry-')));
  folders = new SharedFolders({ home: join(folder, 'home'), log: () => undefined });
  folders.share([folder]);
  for (let index = 0; index < fileCount; index++) {
    const below = join(folder, 'tree', String(index % folderCount));
    if (index < folderCount) mkdirSync(below, { recursive: true });
    writeFileSync(join(below, `${index}.js`), `export default ${index};\n`);
  }
  served = await bootServedVm({ folders });
});
afterAll(async () => {
  await served?.dispose();
  await folders?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Seconds by the VM's own clock, of each line of a script. */
async function times(mount: string[], lines: string[]): Promise<number[]> {
  const script = `now() { read up rest < /proc/uptime; echo $up; }; now; ${lines.map((line) => `${line} > /dev/null 2>&1; now`).join('; ')}`;
  const output = await served.docker('run', '--rm', '--network', 'none', '--privileged', ...mount, '--entrypoint', 'sh', 'slipway/hello', '-c', script);
  const marks = output.split('\n').map(Number);
  return marks.slice(1).map((mark, index) => mark - marks[index]!);
}

it('carries files', async () => {
  const forget = 'sync; echo 3 > /proc/sys/vm/drop_caches';
  const lines = (at: string) => [`dd if=/dev/zero of=${at}/big bs=1M count=${bytes / MiB} conv=fsync`, forget, `cat ${at}/big`, `cat ${at}/big`];
  const rows: string[] = [];
  for (const [name, mount] of [['shared folder', ['-v', `${folder}:/at`]], ['volume', ['-v', 'measured:/at']]] as const) {
    const [write = 0, , read = 0, again = 0] = await times([...mount], lines('/at'));
    rows.push(`${name}: write ${Math.round(bytes / MiB / write)} MiB/s, read ${Math.round(bytes / MiB / read)} MiB/s, read again ${Math.round(bytes / MiB / again)} MiB/s`);
  }
  await served.docker('run', '--rm', '-v', `${folder}/tree:/from:ro`, '-v', 'measured:/at', '--entrypoint', 'cp', 'slipway/hello', '-r', '/from', '/at/tree');
  for (const [name, mount, at] of [['shared folder', ['-v', `${folder}:/at`], '/at/tree'], ['volume', ['-v', 'measured:/at'], '/at/tree']] as const) {
    const [, cold = 0, warm = 0, , content = 0] = await times([...mount], [forget, `find ${at} -type f -size +0 -mtime -1`, `find ${at} -type f -size +0 -mtime -1`, forget, `sh -c "find ${at} -type f | xargs cat"`]);
    rows.push(`${name}, ${fileCount} files: stat ${cold.toFixed(2)} s, at once again ${warm.toFixed(2)} s, list and read ${content.toFixed(2)} s`);
  }
  console.log(rows.join('\n'));
  expect(rows).toHaveLength(4);
});
