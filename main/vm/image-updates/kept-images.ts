import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** An image by its content: `version` is for people, `id` tells two builds of one version apart. */
export interface ImageName {
  id: string;
  version: string;
}

/** `about.json`. */
interface About {
  /** The image with which an engine answered last; its files lie in a folder named by its ID. */
  good?: ImageName;
  /** The one that was offered, tried, and did not come up. */
  refused?: ImageName & { reason: string };
}

/** What to boot: the image that is offered, for the first time (`trial`, there is one to go back to) or as ever; or the one that was kept. */
export type ImagePlan = { kind: 'offered' | 'trial' } | { kind: 'kept'; directory: string; good: ImageName; refused: ImageName & { reason: string } };

/** The last one is for Hyper-V alone, and need not be there. */
const imageFiles = ['kernel', 'initrd.cpio', 'root.erofs', 'manifest.json', 'boot.vhdx'];

/**
 * The image that worked, kept below `home/images` so that an update which does not come up can be taken back. A start holds the instance's lock,
 * so nobody else is at work in here.
 */
export class KeptImages {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param offered null: it cannot be named, which the boot will find out and tell. */
  async plan(offered: ImageName | null): Promise<ImagePlan> {
    const { good, refused } = await this.#read();
    if (offered === null || good === undefined || good.id === offered.id) return { kind: 'offered' };
    if (refused?.id !== offered.id) return { kind: 'trial' };
    return { kind: 'kept', directory: this.directory(good), good, refused };
  }

  directory({ id }: ImageName): string {
    return join(this.#folder, id);
  }

  async good(): Promise<ImageName | undefined> {
    return (await this.#read()).good;
  }

  /** An engine answered: keeps this image, in the place of the one before. Does nothing when it is kept already. */
  async keep(image: ImageName, directory: string): Promise<void> {
    const about = await this.#read();
    if (about.good?.id === image.id) return;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const part = `${this.directory(image)}.part`;
    await rm(part, { recursive: true, force: true });
    await mkdir(part, { mode: 0o700 });
    for (const name of imageFiles) if (name !== 'boot.vhdx' || existsSync(join(directory, name))) await copy(join(directory, name), join(part, name));
    await rm(this.directory(image), { recursive: true, force: true });
    await rename(part, this.directory(image));
    await this.#write({ good: image });
    for (const name of await readdir(this.#folder)) if (name !== image.id && name !== 'about.json') await rm(join(this.#folder, name), { recursive: true, force: true });
  }

  /** It was tried and did not come up: not again before another one is offered. */
  async refuse(image: ImageName, reason: string): Promise<void> {
    await this.#write({ ...(await this.#read()), refused: { ...image, reason } });
  }

  /** A person wants it to be tried again. */
  async forgive(): Promise<void> {
    const { good, refused } = await this.#read();
    if (refused !== undefined) await this.#write(good === undefined ? {} : { good });
  }

  async #read(): Promise<About> {
    try {
      return JSON.parse(await readFile(join(this.#folder, 'about.json'), 'utf8')) as About;
    } catch {
      // Missing or torn: nothing is known to be good.
      return {};
    }
  }

  async #write(about: About): Promise<void> {
    const path = join(this.#folder, 'about.json');
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const file = await open(`${path}.part`, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(about));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.part`, path);
  }
}

/** Null where the manifest cannot be read. */
export async function nameImage(directory: string): Promise<ImageName | null> {
  try {
    const { version, files } = JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')) as { version: string; files: Record<string, { sha256: string }> };
    const digests = imageFiles.flatMap((name) => files[name]?.sha256 ?? []).join(' ');
    return { id: createHash('sha256').update(digests).digest('hex').slice(0, 16), version: String(version) };
  } catch {
    return null;
  }
}

/** By a second name where that can be had: builds and installers put new files in the place of old ones. Each start checks the checksums. */
async function copy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch {
    if (process.platform === 'win32') return writeFile(to, await readFile(from));
    await promisify(execFile)('cp', [...(process.platform === 'linux' ? ['--reflink=auto'] : ['-c']), from, to]);
  }
}
