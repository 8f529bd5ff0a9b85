import type { ErrorKind } from '../../errors.ts';
import type { AppliedLayer } from '../apply-layer.ts';
import type { LayerLimits } from '../layer-rewriter.ts';

/** What the worker is told. */
export interface UnpackJob {
  /** Path of the blob. */
  blob: string;
  /** The empty folder that it goes to. */
  directory: string;
  /** Digest of the uncompressed layer. */
  diffId: string;
  limits?: Partial<LayerLimits>;
}

/** What it answers: progress in bytes of the blob, and then one of the others. */
export type UnpackAnswer =
  | { kind: 'progress'; bytes: number }
  | { kind: 'done'; applied: AppliedLayer }
  | { kind: 'failed'; error: { kind: ErrorKind; message: string; isDiskFull: boolean } };
