import type { OperationOf } from '../../contract/engine-operations.ts';
import type { Settings } from '../../contract/ipc.ts';
import type { EngineClient } from '../engine-client/engine-client.ts';
import { Failure, messageOf } from '../failure.ts';

export interface EngineSettings {
  /** The settings as they are, or have become. */
  changed(settings: Settings): void;
  /** An engine answers, perhaps a new one that was told nothing yet. */
  connected(): void;
}

export interface Told {
  engine: Pick<EngineClient, 'operations'>;
  operation: OperationOf<'json'>;
  /** Undefined where nothing is set: an engine that was never told anything is left as it was started. */
  bodyOf(settings: Settings): object | undefined;
  /** Takes back what was told before. */
  empty: object;
  /** What does not hold when the engine refuses, for the log. */
  what: string;
  log(line: string): void;
}

/** Keeps a part of the engine's own configuration that of the settings. */
export function tellEngine({ engine, operation, bodyOf, empty, what, log }: Told): EngineSettings {
  let wanted: object | undefined;
  let isConnected = false;
  let told: string | undefined;
  let hasTold = false;
  let last: Promise<unknown> = Promise.resolve();
  const tell = (): void => {
    const body = wanted ?? empty;
    const text = JSON.stringify(body);
    if (!isConnected || text === told || (wanted === undefined && !hasTold)) return;
    told = text;
    hasTold = true;
    last = last
      .then(() => engine.operations.json(operation, { body }))
      .catch((error: unknown) => {
        const why = error instanceof Failure && error.status === 404 ? 'this engine takes them only from its own configuration' : messageOf(error);
        log(`settings: ${what} do not hold (${why})`);
      });
  };
  return {
    changed(settings) {
      wanted = bodyOf(settings);
      tell();
    },
    connected() {
      isConnected = true;
      told = undefined;
      tell();
    },
  };
}
