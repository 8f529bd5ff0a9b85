interface Running<Event, Result> {
  result: Promise<Result>;
  controller: AbortController;
  listeners: Set<(event: Event) => void>;
  lastEvent: Event | undefined;
  participants: number;
}

/** Work that several callers may want at the same time and that is done once: a second caller joins the first. */
export class SharedTasks<Event, Result> {
  readonly #running = new Map<string, Running<Event, Result>>();

  /**
   * Joins the running task of this key, or starts it. A joiner hears the last event at once and then every further one.
   * The task is aborted when every participant's signal is; one that leaves early only stops waiting.
   * @throws what the task throws, or the reason of `signal`
   */
  async join(key: string, run: (emit: (event: Event) => void, signal: AbortSignal) => Promise<Result>, listener: (event: Event) => void, signal?: AbortSignal): Promise<Result> {
    signal?.throwIfAborted();
    const task = this.#running.get(key) ?? this.#start(key, run);
    if (task.lastEvent !== undefined) listener(task.lastEvent);
    task.listeners.add(listener);
    task.participants += 1;
    let leave = () => {};
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal?.reason as Error);
    });
    signal?.addEventListener('abort', leave);
    try {
      return await (signal === undefined ? task.result : Promise.race([task.result, left]));
    } finally {
      signal?.removeEventListener('abort', leave);
      task.listeners.delete(listener);
      task.participants -= 1;
      if (task.participants === 0) {
        // Nobody may join what is being torn down.
        if (this.#running.get(key) === task) this.#running.delete(key);
        task.controller.abort(signal?.reason);
        // The last to leave waits until nothing works any more.
        await task.result.catch(() => undefined);
      }
    }
  }

  #start(key: string, run: (emit: (event: Event) => void, signal: AbortSignal) => Promise<Result>): Running<Event, Result> {
    const controller = new AbortController();
    const task: Running<Event, Result> = { result: undefined as never, controller, listeners: new Set(), lastEvent: undefined, participants: 0 };
    const emit = (event: Event) => {
      task.lastEvent = event;
      for (const listener of task.listeners) listener(event);
    };
    this.#running.set(key, task);
    // In a later turn, so that whoever starts the task hears its first event too.
    task.result = Promise.resolve()
      .then(() => run(emit, controller.signal))
      .finally(() => {
        if (this.#running.get(key) === task) this.#running.delete(key);
      });
    task.result.catch(() => undefined);
    return task;
  }
}
