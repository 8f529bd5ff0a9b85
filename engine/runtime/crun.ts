import { existsSync, readdirSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ConflictError, type EngineError, InternalError, InvalidParameterError, NotFoundError } from '../errors.ts';

/**
 * The OCI runtime: all that the engine knows of crun. Only commands and their words are here; shimd runs them, so that
 * what they start is its child and their fork costs little.
 */
export class Crun {
  readonly #root: string;
  readonly #binary: string;

  /** @param root where crun keeps the state of its containers. */
  constructor(root: string, binary = 'crun') {
    this.#root = root;
    this.#binary = binary;
  }

  /** `{pid}`, `{console}` and `{log}` are filled in by shimd. The container's init waits for {@link start}. */
  create(containerId: string, bundle: string, tty: boolean): string[] {
    return this.#command(...saysTo(tty), 'create', '--bundle', bundle, '--pid-file', '{pid}', ...(tty ? ['--console-socket', '{console}'] : []), containerId);
  }

  start(containerId: string): string[] {
    return this.#command('start', containerId);
  }

  /** The pipe at which a created container's init waits. Writing a byte and removing it is all that {@link start} does, for 6 ms less. */
  startFifo(containerId: string): string {
    return join(this.#root, containerId, 'exec.fifo');
  }

  /** Ids of all containers that it keeps a state of. */
  containers(): string[] {
    return existsSync(this.#root) ? readdirSync(this.#root) : [];
  }

  /**
   * What {@link deleteForced} does for a container whose processes have all ended, without starting a process for it.
   * @param cgroups folders of its cgroup; none when nobody knows any more
   * @returns false when it was not enough, because something lives in a cgroup, or may
   */
  async forget(containerId: string, cgroups: readonly string[]): Promise<boolean> {
    if (cgroups.length === 0) return !existsSync(join(this.#root, containerId));
    try {
      await Promise.all(cgroups.map((path) => rmdir(path).catch(ignoreMissing)));
    } catch {
      return false;
    }
    await rm(join(this.#root, containerId), { recursive: true, force: true });
    return true;
  }

  exec(containerId: string, processFile: string, tty: boolean): string[] {
    return this.#command(...saysTo(tty), 'exec', '--detach', '--process', processFile, '--pid-file', '{pid}', ...(tty ? ['--console-socket', '{console}'] : []), containerId);
  }

  /** Also kills what still runs, and removes the cgroup. Does nothing for a container that it does not know. */
  deleteForced(containerId: string): string[] {
    return this.#command('delete', '--force', containerId);
  }

  pause(containerId: string): string[] {
    return this.#command('pause', containerId);
  }

  resume(containerId: string): string[] {
    return this.#command('resume', containerId);
  }

  /** @param resourcesFile JSON of the OCI config's `linux.resources`. */
  update(containerId: string, resourcesFile: string): string[] {
    return this.#command('update', '--resources', resourcesFile, containerId);
  }

  /** The seccomp filter that crun compiled for a container, in the kernel's form. */
  compiledSeccomp(containerId: string): string {
    return join(this.#root, containerId, 'seccomp.bpf');
  }

  #command(...args: string[]): string[] {
    return [this.#binary, '--root', this.#root, ...args];
  }
}

/** With a terminal crun's last words would go there, where nobody reads them when it fails. */
function saysTo(tty: boolean): string[] {
  return tty ? ['--log', '{log}'] : [];
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** Annotation by which crun takes a compiled filter (base64) instead of compiling the config's profile. */
export const seccompAnnotation = 'run.oci.seccomp_bpf_data';

/**
 * What crun said, in the words that Docker's clients know: the CLI makes exit code 127 of `executable file not found` and
 * `no such file or directory`, 126 of `permission denied`.
 */
export function runtimeError(action: 'create' | 'exec' | 'start', said: string, process: { args: readonly string[]; cwd: string }): EngineError {
  const command = process.args[0] ?? '';
  const detail = explain(said, command, process.cwd);
  const failed =
    action === 'exec' ? 'OCI runtime exec failed: exec failed: unable to start container process' : `failed to create task for container: failed to create shim task: OCI runtime create failed: crun: unable to start container process`;
  const message = `${failed}: ${detail ?? said}`;
  if (detail !== undefined) return new InvalidParameterError(message);
  if (/container .* does not exist|error opening file .*\/status/.test(said)) return new NotFoundError(`No such container: ${said}`);
  if (action === 'exec' && /is not running|cannot exec in a stopped container/.test(said)) return new ConflictError(message);
  return new InternalError(message);
}

function explain(said: string, command: string, cwd: string): string | undefined {
  const quoted = JSON.stringify(command);
  if (/executable file .* not found in \$PATH/.test(said)) {
    // A path that is not there is told apart from a name that no folder of the PATH has, as runc does.
    return command.includes('/') ? `exec: ${quoted}: stat ${command}: no such file or directory` : `exec: ${quoted}: executable file not found in $PATH`;
  }
  if (/^chdir /m.test(said)) return `chdir to cwd (${JSON.stringify(cwd)}) set in config.json failed: ${reasonOf(said)}`;
  if (/open executable|^exec /m.test(said) && /(Operation not permitted|Permission denied|Is a directory)/.test(said)) return `exec: ${quoted}: permission denied`;
  if (/Exec format error/.test(said)) return `exec ${command}: exec format error`;
  if (/^open executable: /m.test(said)) return `exec: ${quoted}: ${reasonOf(said)}`;
  if (/^mount /m.test(said) && /Not a directory/.test(said)) return `error mounting: ${said}: not a directory`;
  return undefined;
}

function reasonOf(said: string): string {
  return (said.split(': ').at(-1) ?? said).trim().toLowerCase();
}
