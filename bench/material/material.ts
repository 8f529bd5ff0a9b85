import { createReadStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../row.ts';
import { makeBusyboxRootfs } from './busybox.ts';
import { writeArchive } from './docker-archive.ts';
import { writeLines } from './lines-file.ts';
import { busybox, lines } from './names.ts';
import type { RegistryMaterial } from './registry.ts';
import { openRegistry } from './registry.ts';

/** What the engines get to work on. Made once and kept below `.cache/bench`. */
export class Material {
  readonly #directory: string;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.#directory = directory;
  }

  /** A root file system as the busybox image has it, for the programs below the engines. */
  get rootfs(): string {
    return this.#made('busybox-rootfs', (path) => {
      mkdirSync(path);
      makeBusyboxRootfs(path);
    });
  }

  async loadBusybox(engine: Engine): Promise<void> {
    const archive = join(this.#directory, 'busybox.tar');
    if (!existsSync(archive)) {
      await writeArchive(this.#directory, this.rootfs, `${archive}.new`, busybox, { Env: ['PATH=/bin'], Cmd: ['sh'] });
      renameSync(`${archive}.new`, archive);
    }
    await load(engine, archive);
  }

  /** Loads an image whose `/lines` holds 98 MB of numbered lines. @returns what they are */
  async loadLines(engine: Engine): Promise<{ bytes: number; sha256: string }> {
    const archive = join(this.#directory, 'lines.tar');
    const facts = join(this.#directory, 'lines.json');
    if (!existsSync(archive)) {
      const rootfs = join(this.#directory, 'lines-rootfs');
      makeBusyboxRootfs(rootfs);
      writeFileSync(facts, JSON.stringify(writeLines(join(rootfs, 'lines'))));
      await writeArchive(this.#directory, rootfs, `${archive}.new`, lines, { Env: ['PATH=/bin'], Cmd: ['cat', '/lines'] });
      rmSync(rootfs, { recursive: true });
      renameSync(`${archive}.new`, archive);
    }
    await load(engine, archive);
    return JSON.parse(readFileSync(facts, 'utf8')) as { bytes: number; sha256: string };
  }

  registry(): Promise<RegistryMaterial> {
    return openRegistry(join(this.#directory, 'registry'));
  }

  /** A file or folder that is there whole or not at all. */
  #made(name: string, make: (path: string) => void): string {
    const path = join(this.#directory, name);
    if (!existsSync(path)) {
      rmSync(`${path}.new`, { recursive: true, force: true });
      make(`${path}.new`);
      renameSync(`${path}.new`, path);
    }
    return path;
  }
}

async function load(engine: Engine, archive: string): Promise<void> {
  await engine.api.ok('POST', '/images/load?quiet=1', createReadStream(archive));
}
