import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { chainIds } from '../../images/model/chain-id.ts';
import type { StoredImage, StoredLayer } from '../../images/store/image-store.ts';
import { TarParser } from '../../lib/tar/tar-parser.ts';

interface SnapshotRecord {
  id: number;
  kind: string;
}

/**
 * The layers of every image: the blob unpacks to its diffID, and the snapshot holds each file that is in it. To be called
 * on the folders of an engine at rest. @returns what is wrong, a sentence each
 */
export function checkLayers(root: string): string[] {
  const images = records<StoredImage>(join(root, 'images/images'));
  const layers = new Map(records<StoredLayer>(join(root, 'images/layers')).map(({ value }) => [value.diffId, value]));
  const snapshots = new Map(records<SnapshotRecord>(join(root, 'snapshots/records')).map(({ key, value }) => [key, value]));
  const checked = new Set<string>();
  const wrong: string[] = [];
  for (const { key, value } of images) {
    const { diffIds } = value.config;
    for (const [index, chainId] of chainIds(diffIds).entries()) {
      if (checked.has(chainId)) continue;
      checked.add(chainId);
      const layer = layers.get(diffIds[index]!);
      const snapshot = snapshots.get(chainId);
      if (layer === undefined || snapshot?.kind !== 'committed') wrong.push(`layer ${index} of image ${key}: ${layer === undefined ? 'no record' : `snapshot ${chainId} is ${snapshot?.kind}`}`);
      else wrong.push(...checkLayer(root, layer, snapshot.id).map((what) => `layer ${index} of image ${key}: ${what}`));
    }
  }
  return wrong;
}

/** Pulled layers come in gzip, committed and imported ones lie in zstd. */
function plain(bytes: Buffer): Buffer {
  if (bytes.readUInt16BE() === 0x1f8b) return gunzipSync(bytes);
  return bytes.readUInt32LE() === 0xfd2fb528 ? zstdDecompressSync(bytes) : bytes;
}

function checkLayer(root: string, { diffId, blob }: StoredLayer, snapshotId: number): string[] {
  const bytes = readFileSync(join(root, 'content/blobs/sha256', blob.slice('sha256:'.length)));
  const tar = plain(bytes);
  const digest = `sha256:${createHash('sha256').update(tar).digest('hex')}`;
  if (digest !== diffId) return [`blob ${blob} unpacks to ${digest}, not ${diffId}`];
  const wrong: string[] = [];
  const files = new Map<string, Buffer[]>();
  let current: Buffer[] = [];
  for (const event of new TarParser().push(tar)) {
    if (event.kind === 'data') {
      current.push(event.chunk);
      continue;
    }
    const { name, type, linkName } = event.header;
    const path = join(root, 'snapshots', String(snapshotId), 'fs', name);
    if (type === 'file' && !name.includes('.wh.')) files.set(path, (current = []));
    if (type === 'symlink' && attempt(() => readlinkSync(path)) !== linkName) wrong.push(`symbolic link ${path} is not there`);
    if (type === 'directory' && attempt(() => lstatSync(path).isDirectory()) !== true) wrong.push(`folder ${path} is not there`);
  }
  for (const [path, content] of files) {
    if (attempt(() => readFileSync(path).equals(Buffer.concat(content))) !== true) wrong.push(`file ${path} is not there or not as in the layer`);
  }
  return wrong;
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function records<T>(directory: string): { key: string; value: T }[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as { key: string; value: T });
}
