import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InternalError, messageOf, NotFoundError } from '../errors.ts';
import { type OciConfig, type OciProcess, serializeOci } from './oci/oci-config.ts';

/** What is asked for again while a container lives. The whole config is mostly its seccomp profile, and slow to read. */
export interface BundleFacts {
  process: OciProcess;
  root: OciConfig['root'];
  linux: Pick<OciConfig['linux'], 'cgroupsPath'>;
}

/** The folders that crun is given, `<root>/<container>` each: `config.json` and the processes of execs. */
export class BundleStore {
  readonly #root: string;
  readonly #facts = new Map<string, BundleFacts>();

  constructor(root: string) {
    this.#root = root;
    mkdirSync(root, { recursive: true, mode: 0o700 });
  }

  pathOf(containerId: string): string {
    return join(this.#root, containerId);
  }

  write(containerId: string, config: OciConfig): string {
    const path = this.pathOf(containerId);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    writeOrRemove(join(path, 'config.json'), serializeOci(config));
    this.#facts.set(containerId, factsOf(config));
    return path;
  }

  /** Also knows containers of an earlier engine. @throws NotFoundError */
  read(containerId: string): BundleFacts {
    const known = this.#facts.get(containerId);
    if (known !== undefined) return known;
    try {
      const config = JSON.parse(readFileSync(join(this.pathOf(containerId), 'config.json'), 'utf8'), reviveBigIntegers) as OciConfig;
      const facts = factsOf(config);
      this.#facts.set(containerId, facts);
      return facts;
    } catch (error) {
      throw new NotFoundError(`container ${containerId} has no bundle: it does not run`, { cause: error });
    }
  }

  /** @returns the path of a file for `crun exec --process`; remove it once the process runs. */
  writeProcess(containerId: string, execId: string, process: OciProcess): string {
    return this.#writeExtra(containerId, `exec-${execId}.json`, serializeOci(process));
  }

  writeResources(containerId: string, resources: Omit<OciConfig['linux']['resources'], 'devices'>): string {
    return this.#writeExtra(containerId, 'resources.json', JSON.stringify(resources));
  }

  /** Ids of all containers that have one. */
  list(): string[] {
    return readdirSync(this.#root);
  }

  remove(containerId: string): void {
    this.#facts.delete(containerId);
    rmSync(this.pathOf(containerId), { recursive: true, force: true });
  }

  #writeExtra(containerId: string, name: string, text: string): string {
    const path = join(this.pathOf(containerId), name);
    writeOrRemove(path, text);
    return path;
  }
}

/** @throws InternalError naming the file, e.g. on a full disk */
function writeOrRemove(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    rmSync(path, { force: true });
    throw new InternalError(`cannot write ${path}: ${messageOf(error)}`, { cause: error });
  }
}

function factsOf({ process, root, linux: { cgroupsPath } }: OciConfig): BundleFacts {
  return { process, root, linux: { cgroupsPath } };
}

/** 64-bit limits as they were written; see `serializeOci`. */
function reviveBigIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) && /^\d+$/.test(context?.source ?? '') ? BigInt(context!.source!) : value;
}
