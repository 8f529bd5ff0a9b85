import type { ProgressMessage } from '../../../contract/engine-api/progress.ts';

/** Where one layer stands. What the user reads about it is {@link layerMessage}'s. */
export type LayerEvent =
  | { kind: 'waiting' }
  | { kind: 'downloading'; current: number; total: number }
  | { kind: 'verifying' }
  | { kind: 'downloaded' }
  | { kind: 'extracting'; current: number; total: number }
  | { kind: 'complete' }
  | { kind: 'exists' };

/** Milliseconds between two lines of one layer. */
const INTERVAL = 100;

/** The line of a pull in moby's words. @param id twelve digits of the layer's digest */
export function layerMessage(id: string, event: LayerEvent): ProgressMessage {
  switch (event.kind) {
    case 'waiting':
      return { status: 'Waiting', progressDetail: {}, id };
    case 'downloading':
      return progressMessage('Downloading', id, event);
    case 'verifying':
      return { status: 'Verifying Checksum', progressDetail: {}, id };
    case 'downloaded':
      return { status: 'Download complete', progressDetail: {}, id };
    case 'extracting':
      return progressMessage('Extracting', id, event);
    case 'complete':
      return { status: 'Pull complete', progressDetail: {}, id };
    case 'exists':
      return { status: 'Already exists', progressDetail: {}, id };
    default:
      return event satisfies never;
  }
}

export function progressMessage(status: string, id: string, { current, total }: { current: number; total: number }): ProgressMessage {
  return { status, progressDetail: { current, total }, progress: progressBar(current, total), id };
}

/** Lets one call in each interval through, and those that end something. */
export function throttled(report: (current: number, total: number) => void): (current: number, total: number) => void {
  let next = 0;
  return (current, total) => {
    const now = performance.now();
    if (now < next && current < total) return;
    next = now + INTERVAL;
    report(current, total);
  };
}

/** `[====>      ]  1.5MB/3MB`, 50 wide. Source: moby `pkg/jsonmessage` JSONProgress.String. */
export function progressBar(current: number, total: number): string {
  if (current <= 0 && total <= 0) return '';
  if (total <= 0) return humanSize(current).padStart(8);
  const filled = Math.min(50, Math.trunc(Math.trunc((current / total) * 100) / 2));
  const numbers = current > total ? humanSize(current).padStart(8) : `${humanSize(current).padStart(8)}/${humanSize(total)}`;
  return `[${'='.repeat(filled)}>${' '.repeat(50 - filled)}] ${numbers}`;
}

/** Four significant digits in powers of 1000. Source: docker/go-units HumanSize (`%.4g%s`). */
function humanSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];
  let unit = 0;
  let value = bytes;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toPrecision(4))}${units[unit]}`;
}
