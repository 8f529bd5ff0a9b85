import type { Snapshotter } from './snapshotter.ts';

/** Opens the snapshots below `directory` (`dataPaths(config).snapshots`) and removes what a crash left unfinished. */
export async function openOverlaySnapshotter(directory: string): Promise<Snapshotter> {
  throw new Error(`not built yet: ${directory}`);
}
