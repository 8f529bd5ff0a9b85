import { NotFoundError } from '../../errors.ts';
import type { Container } from '../container.ts';

/** An extra process in a container. Known from its creation until its container goes, or five minutes after its end. */
export interface Exec {
  id: string;
  container: Container;
  args: string[];
  env: string[];
  cwd: string;
  user: string;
  tty: boolean;
  privileged: boolean;
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  detachKeys: string;
  consoleSize: [height: number, width: number] | undefined;
  state: ExecState;
  /** Resolved once its process runs, or never will: a client resizes as soon as it is connected, which is earlier. */
  launched: PromiseWithResolvers<void>;
}

export type ExecState = { status: 'created' } | { status: 'running'; pid: number } | { status: 'exited'; pid: number; exitCode: number };

/** How long the exit code of an ended exec can be asked for, as in moby. */
const keptAfterEnd = 5 * 60 * 1000;

export class ExecStore {
  readonly #execs = new Map<string, Exec>();
  readonly #forget = new Map<string, () => void>();

  /** @throws NotFoundError `No such exec instance: x` */
  get(id: string): Exec {
    const exec = this.#execs.get(id);
    if (exec === undefined) throw new NotFoundError(`No such exec instance: ${id}`);
    return exec;
  }

  find(id: string): Exec | undefined {
    return this.#execs.get(id);
  }

  /** Adds an exec; it goes with its container. */
  add(exec: Exec): void {
    this.#execs.set(exec.id, exec);
    const unsubscribe = exec.container.onNews((news) => {
      // Those of a container that has exited keep their exit codes for a while: `settled` sees to them.
      if (news.kind === 'removed' || exec.state.status === 'created') forget();
    });
    const forget = () => {
      unsubscribe();
      this.#execs.delete(exec.id);
      this.#forget.delete(exec.id);
    };
    this.#forget.set(exec.id, forget);
  }

  /** Begins the time that is left to an ended exec. */
  settled(exec: Exec): void {
    setTimeout(() => this.#forget.get(exec.id)?.(), keptAfterEnd).unref();
  }
}
