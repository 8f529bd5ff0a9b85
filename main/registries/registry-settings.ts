import type { Settings } from '../../contract/ipc.ts';
import type { EngineClient } from '../engine-client/engine-client.ts';
import { Failure, messageOf } from '../failure.ts';

export interface RegistrySettings {
  /** The settings as they are, or have become. */
  changed(settings: Settings): void;
  /** An engine answers, perhaps a new one that was told nothing yet. */
  connected(): void;
}

/** Keeps the engine's mirrors and insecure registries those of the settings. Where they were never set the engine is left as it was started. */
export function registrySettings(engine: EngineClient, log: (line: string) => void): RegistrySettings {
  let wanted: { Insecure: string[]; Mirrors: string[] } = { Insecure: [], Mirrors: [] };
  let isConnected = false;
  const isEmpty = (): boolean => wanted.Insecure.length + wanted.Mirrors.length === 0;
  let told: string | undefined;
  let hasTold = false;
  let last: Promise<unknown> = Promise.resolve();
  const tell = (): void => {
    const text = JSON.stringify(wanted);
    if (!isConnected || text === told || (isEmpty() && !hasTold)) return;
    told = text;
    hasTold = true;
    const body = wanted;
    last = last
      .then(() => engine.operations.json('registries.add', { body }))
      .catch((error: unknown) => {
        const why = error instanceof Failure && error.status === 404 ? 'this engine takes them only from its own configuration' : messageOf(error);
        log(`registries: mirrors and insecure registries of the settings do not hold (${why})`);
      });
  };
  return {
    changed({ insecureRegistries = [], registryMirrors = [] }) {
      wanted = { Insecure: insecureRegistries, Mirrors: registryMirrors };
      tell();
    },
    connected() {
      isConnected = true;
      told = undefined;
      tell();
    },
  };
}
