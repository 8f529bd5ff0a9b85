import type { EngineClient } from '../engine-client/engine-client.ts';
import { tellEngine, type EngineSettings } from '../settings/tell-engine.ts';

/** Keeps the engine's mirrors and insecure registries those of the settings. */
export function registrySettings(engine: EngineClient, log: (line: string) => void): EngineSettings {
  return tellEngine({
    engine,
    log,
    operation: 'registries.add',
    bodyOf: ({ insecureRegistries = [], registryMirrors = [] }) => (insecureRegistries.length + registryMirrors.length === 0 ? undefined : { Insecure: insecureRegistries, Mirrors: registryMirrors }),
    empty: { Insecure: [], Mirrors: [] },
    what: 'mirrors and insecure registries',
  });
}
