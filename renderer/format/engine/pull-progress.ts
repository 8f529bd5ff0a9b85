import type { ProgressMessage } from '../../../contract/engine-api/progress.ts';

export type LayerPhase = 'waiting' | 'downloading' | 'verifying' | 'downloaded' | 'unpacking' | 'done' | 'here';

export interface LayerProgress {
  id: string;
  phase: LayerPhase;
  /** Bytes of the current phase; undefined while the engine has not told. */
  current: number | undefined;
  total: number | undefined;
}

export interface PullProgress {
  layers: LayerProgress[];
  /** The last sentence that is about the whole pull. */
  note: string;
  error: string | undefined;
}

export const noProgress: PullProgress = { layers: [], note: '', error: undefined };

/** The engine's words, as moby spells them, and what they mean. */
const phases: Record<string, LayerPhase> = {
  'Pulling fs layer': 'waiting',
  Waiting: 'waiting',
  Downloading: 'downloading',
  'Verifying Checksum': 'verifying',
  'Download complete': 'downloaded',
  Extracting: 'unpacking',
  'Pull complete': 'done',
  'Already exists': 'here',
  'Loading layer': 'unpacking',
  'Layer already exists': 'here',
};

/** Takes one line of the stream in. Pure, so that a whole recorded pull can be replayed in a test. */
export function advance(progress: PullProgress, message: ProgressMessage): PullProgress {
  const error = message.errorDetail?.message ?? message.error;
  if (error !== undefined) return { ...progress, error };
  const phase = phases[message.status ?? ''];
  if (phase === undefined || message.id === undefined) {
    const note = (message.stream ?? message.status ?? '').trim();
    return note === '' ? progress : { ...progress, note };
  }
  const index = progress.layers.findIndex((layer) => layer.id === message.id);
  const before = progress.layers[index];
  const layer: LayerProgress = {
    id: message.id,
    phase,
    current: message.progressDetail?.current ?? (phase === before?.phase ? before.current : undefined),
    total: message.progressDetail?.total ?? before?.total,
  };
  const layers = index < 0 ? [...progress.layers, layer] : progress.layers.with(index, layer);
  return { ...progress, layers };
}

/** 0 to 1 of the bar; undefined where no figure is known and a bar would be a guess. */
export function fractionOf(layer: LayerProgress): number | undefined {
  if (layer.phase === 'done' || layer.phase === 'here' || layer.phase === 'downloaded' || layer.phase === 'verifying') return 1;
  if (layer.phase === 'waiting') return 0;
  if (layer.current === undefined || layer.total === undefined || layer.total <= 0) return undefined;
  return Math.min(1, layer.current / layer.total);
}

/** Bytes come over the wire against bytes to come, over the layers whose size is known. */
export function downloadedOf(progress: PullProgress): { current: number; total: number } {
  let current = 0;
  let total = 0;
  for (const layer of progress.layers) {
    if (layer.phase === 'here' || layer.total === undefined) continue;
    total += layer.total;
    current += layer.phase === 'downloading' ? Math.min(layer.current ?? 0, layer.total) : layer.phase === 'waiting' ? 0 : layer.total;
  }
  return { current, total };
}
