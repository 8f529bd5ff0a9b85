import { InvalidParameterError, NotImplementedError } from '../../../errors.ts';
import type { Container } from '../../container.ts';
import type { ContainerStore } from '../../container-store.ts';
import { ContainerLog } from '../index/container-log.ts';
import { MergedLog } from '../index/merged-log.ts';

/** The wire has a byte for the container of a line; nobody tells more apart. */
const containersAtMost = 64;
/** Open files and their indexes outlive the view a little: one page is asked for after the other. */
const idleLimit = 30_000;

interface SharedLog {
  log: ContainerLog;
  users: number;
  timer: NodeJS.Timeout | undefined;
}

/** Some containers' logs, opened to be looked at. The owner closes it. */
export interface LogView {
  containers: readonly Container[];
  merged: MergedLog;
  close(): void;
}

/** The indexes of the logs that someone looks at, shared by those who look. */
export class LogViews {
  readonly #store: Pick<ContainerStore, 'resolve' | 'logPathOf'>;
  readonly #logs = new Map<string, SharedLog>();

  constructor(store: Pick<ContainerStore, 'resolve' | 'logPathOf'>) {
    this.#store = store;
  }

  /** @throws NotFoundError; InvalidParameterError for none or too many; NotImplementedError when a log driver keeps nothing */
  open(references: readonly string[]): LogView {
    if (references.length === 0) throw new InvalidParameterError('logs: name at least one container');
    if (references.length > containersAtMost) throw new InvalidParameterError(`logs: ${references.length} containers are too many to merge; name at most ${containersAtMost}`);
    const containers = references.map((reference) => this.#store.resolve(reference));
    const silent = containers.find(({ record }) => record.hostConfig.LogConfig?.Type === 'none');
    if (silent !== undefined) throw new NotImplementedError(`configured logging driver does not support reading: ${silent.name} has --log-driver none`);
    const shared = containers.map((container) => this.#take(container));
    let isOpen = true;
    return {
      containers,
      merged: new MergedLog(shared.map(({ log }) => log)),
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        for (const [index, { id }] of containers.entries()) this.#giveBack(id, shared[index]!);
      },
    };
  }

  async close(): Promise<void> {
    for (const { log, timer } of this.#logs.values()) {
      clearTimeout(timer);
      await log.close();
    }
    this.#logs.clear();
  }

  #take(container: Container): SharedLog {
    const type = container.record.hostConfig.LogConfig?.Type;
    let shared = this.#logs.get(container.id);
    if (shared === undefined) {
      shared = { log: new ContainerLog(this.#store.logPathOf(container.id, type), type === 'local' ? 'local' : 'json-file'), users: 0, timer: undefined };
      this.#logs.set(container.id, shared);
    }
    shared.users += 1;
    clearTimeout(shared.timer);
    return shared;
  }

  #giveBack(id: string, shared: SharedLog): void {
    shared.users -= 1;
    if (shared.users > 0) return;
    shared.timer = setTimeout(() => {
      this.#logs.delete(id);
      void shared.log.close();
    }, idleLimit);
    shared.timer.unref();
  }
}
