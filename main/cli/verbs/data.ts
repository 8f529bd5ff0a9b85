import { rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Failure } from '../../failure.ts';
import { exitCodes, type CliContext, type Verb } from '../verb.ts';

const options = { stop: { type: 'boolean' }, force: { type: 'boolean' } } as const;
const stopOption = '  --stop    stop Slipway first, where it runs';

export const dataExport: Verb = {
  name: 'data export',
  usage: 'FILE [--force] [--stop]',
  summary: 'Write images, containers and volumes to one file',
  details: `The whole data disk, compressed, with a checksum: to keep, or to take to another computer. The VM must not run meanwhile.

  --force   replace FILE, where there is one
${stopOption}`,
  options,
  positionals: 1,
  async run(context) {
    const file = fileOf(context);
    if (context.values['force'] !== true && (await stat(file).catch(() => null)) !== null) throw new Failure('conflict', `${file} exists.`, { hint: 'Choose another name, or give --force to replace it.' });
    const [{ atRest }, { exportDisk }] = await Promise.all([import('../at-rest.ts'), import('../../vm/home/disk-archive.ts')]);
    const length = await atRest(context, ({ dataDisk }) => exportDisk(dataDisk, file, context.installation.version, { signal: context.signal, onProgress: progressOf(context, 'Exporting') }));
    context.say(`${file} is written: ${size(length)}.`);
    return exitCodes.good;
  },
};

export const dataImport: Verb = {
  name: 'data import',
  usage: 'FILE [--stop]',
  summary: 'Take images, containers and volumes from such a file',
  details: `They take the place of those that are here; the old disk is kept beside the new one until you remove it. A file that was cut
off or changed is refused by its checksum before anything is touched. The VM must not run meanwhile.

${stopOption}`,
  options: { stop: options.stop },
  positionals: 1,
  async run(context) {
    const file = fileOf(context);
    if ((await stat(file).catch(() => null)) === null) throw new Failure('not-found', `There is no file ${file}.`);
    const [{ atRest }, { importDisk }] = await Promise.all([import('../at-rest.ts'), import('../../vm/home/disk-archive.ts')]);
    const { header, aside } = await atRest(context, async (files) => {
      const imported = await importDisk(file, files.dataDisk, { signal: context.signal, onProgress: progressOf(context, 'Importing') });
      // A kept VM has looked at the disk that was there: what it remembers of it is not for this one.
      await rm(files.snapshot, { recursive: true, force: true });
      return imported;
    });
    context.say(`The data of ${header.writtenAt} is here; the next start uses it.`);
    if (aside !== null) context.say(`The disk that was here before is kept as ${aside}. Remove it when you no longer need it.`);
    return exitCodes.good;
  },
};

function fileOf({ positionals }: CliContext): string {
  const [file] = positionals;
  if (file === undefined || file === '') throw new Failure('invalid', 'A file is missing.', { hint: 'slipway data export --help' });
  return resolve(file);
}

const tellEveryMs = 100;

function progressOf({ showProgress }: CliContext, verb: string): ((done: number, total: number) => void) | undefined {
  if (showProgress === undefined) return undefined;
  let toldAt = 0;
  return (done, total) => {
    const now = performance.now();
    if (done < total && now - toldAt < tellEveryMs) return;
    toldAt = now;
    const width = 30;
    const filled = Math.round((done / total) * width);
    showProgress(done < total ? `${verb}  ${'█'.repeat(filled)}${'░'.repeat(width - filled)}  ${Math.floor((done / total) * 100)} %  ${size(done)} of ${size(total)}` : '');
  };
}

function size(bytes: number): string {
  const gib = bytes / 1024 ** 3;
  return gib >= 1 ? `${gib.toFixed(1)} GiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
