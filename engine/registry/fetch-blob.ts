import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ContentStore } from '../content/content-store.ts';
import type { Digest } from '../content/digest.ts';
import type { Ingest } from '../content/ingest.ts';
import { InternalError, messageOf } from '../errors.ts';
import type { RegistryClient } from './registry-client.ts';
import { isFinal } from './registry-error.ts';

export interface BlobDescriptor {
  digest: Digest;
  /** Bytes. */
  size: number;
}

export interface FetchBlobOptions {
  signal?: AbortSignal;
  /** @param received bytes so far, those of an earlier try included */
  onProgress?: (received: number) => void;
  /** All bytes are there; now their digest is compared and the blob committed. */
  onVerify?: () => void;
  /** Milliseconds before the second try, doubling; 1,000 by default. */
  retryDelay?: number;
}

/** Tries that bring no new byte, one after the other. */
const MAX_FRUITLESS = 5;

/**
 * Fetches a blob into the content store. A connection that breaks is taken up where it broke; what has come stays for the
 * next call when this one fails or is aborted.
 * @throws RegistryError; InternalError when the digest is wrong or the disk is full
 */
export async function fetchBlob(client: RegistryClient, content: ContentStore, blob: BlobDescriptor, options: FetchBlobOptions = {}): Promise<void> {
  if (content.has(blob.digest)) return;
  const ingest = await content.openIngest(blob.digest, options.signal);
  if (content.has(blob.digest)) return ingest.discard();
  try {
    let fruitless = 0;
    while (ingest.offset < blob.size) {
      const before = ingest.offset;
      try {
        await receive(client, ingest, blob, options);
      } catch (error) {
        fruitless = ingest.offset > before ? 0 : fruitless + 1;
        if (options.signal?.aborted === true || error instanceof WriteError || isFinal(error) || fruitless === MAX_FRUITLESS) throw error;
        await delay((options.retryDelay ?? 1000) * 2 ** fruitless, undefined, { signal: options.signal });
      }
    }
    options.onVerify?.();
    await ingest.commit(blob);
  } catch (error) {
    // A full disk must not stay full of what will not be completed.
    if (error instanceof WriteError) await ingest.discard();
    else await ingest.close();
    throw options.signal?.aborted === true ? options.signal.reason : error;
  }
}

class WriteError extends InternalError {}

async function receive(client: RegistryClient, ingest: Ingest, blob: BlobDescriptor, options: FetchBlobOptions): Promise<void> {
  const { signal, onProgress } = options;
  const response = await client.blob(blob.digest, ingest.offset, signal);
  try {
    if (ingest.offset > 0 && !continuesAt(response, ingest.offset)) await ingest.restart();
    for await (const chunk of response) {
      if (ingest.offset + (chunk as Buffer).length > blob.size) {
        await ingest.restart();
        throw new InternalError(`blob ${blob.digest}: the registry sends more than the ${blob.size} bytes that the manifest says`);
      }
      await write(ingest, chunk as Buffer, blob);
      onProgress?.(ingest.offset);
    }
    if (ingest.offset < blob.size) throw new InternalError(`blob ${blob.digest}: unexpected EOF`, { cause: 'short body' });
  } finally {
    response.destroy();
  }
}

function continuesAt(response: IncomingMessage, offset: number): boolean {
  return response.statusCode === 206 && (response.headers['content-range'] ?? '').startsWith(`bytes ${offset}-`);
}

async function write(ingest: Ingest, chunk: Buffer, blob: BlobDescriptor): Promise<void> {
  try {
    await ingest.write(chunk);
  } catch (error) {
    throw new WriteError(`cannot store blob ${blob.digest}: ${messageOf(error)}`, { cause: error });
  }
}
