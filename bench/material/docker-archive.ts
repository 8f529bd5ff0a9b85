import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ImageConfig {
  Env?: string[];
  Cmd?: string[];
}

/** SHA-256 of a file, as `sha256:…`. */
export async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}

/** An image's config. @param diffIds digests of the layers' tars */
export function imageConfig(config: ImageConfig, diffIds: readonly string[]): string {
  return JSON.stringify({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    created: '2026-01-01T00:00:00Z',
    config,
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: diffIds.map(() => ({ created: '2026-01-01T00:00:00Z', created_by: 'bench' })),
  });
}

/** An archive as `docker save` writes it, with the folder `rootfs` as its one layer. @returns the layer's digest */
export async function writeArchive(directory: string, rootfs: string, archive: string, tag: string, config: ImageConfig): Promise<void> {
  const layer = join(directory, 'layer.tar');
  execFileSync('tar', ['-C', rootfs, '--owner=0', '--group=0', '--sort=name', '--mtime=@0', '-cf', layer, '.']);
  writeFileSync(join(directory, 'config.json'), imageConfig(config, [await digestOfFile(layer)]));
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify([{ Config: 'config.json', RepoTags: [tag], Layers: ['layer.tar'] }]));
  execFileSync('tar', ['-C', directory, '-cf', archive, 'config.json', 'manifest.json', 'layer.tar']);
  for (const name of ['layer.tar', 'config.json', 'manifest.json']) rmSync(join(directory, name));
}
