import type { ErrorKind } from '../../errors.ts';
import type { AppliedLayer } from '../apply-layer.ts';
import type { LayerLimits } from '../layer-rewriter.ts';

export interface UnpackJob {
  kind: 'unpack';
  /** Path of the blob; null for an uncompressed layer whose bytes come by messages. */
  blob: string | null;
  /** The empty folder that it goes to. */
  directory: string;
  /** Digest of the uncompressed layer; null where nobody knows it yet. */
  diffId: string | null;
  limits?: Partial<LayerLimits>;
}

/** What the worker is told. */
export type UnpackMessage = UnpackJob | { kind: 'bytes'; bytes: Uint8Array<ArrayBuffer> } | { kind: 'end' };

/** What it answers: progress in bytes of the blob, or how many of those that came are dealt with, and then one of the others. */
export type UnpackAnswer =
  | { kind: 'progress'; bytes: number }
  | { kind: 'taken'; bytes: number }
  | { kind: 'done'; applied: AppliedLayer }
  | { kind: 'failed'; error: { kind: ErrorKind; message: string; isDiskFull: boolean } };
