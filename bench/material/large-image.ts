import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfFile } from './docker-archive.ts';

export interface Layer {
  file: string;
  bytes: number;
  digest: string;
  diffId: string;
}

const layerCount = 5;
/** Bytes of files in all layers; with gzip half of it, as with common images. */
const totalSize = 351_000_000;

/**
 * Layers of what this machine has installed: real programs, libraries and documents, as an image's are.
 * @param directory gets `layer-N.tar.gz`
 */
export async function makeLargeLayers(directory: string): Promise<Layer[]> {
  mkdirSync(directory, { recursive: true });
  const layers: Layer[] = [];
  for (const [index, files] of chooseFiles().entries()) {
    const list = join(directory, 'files');
    const tar = join(directory, `layer-${index}.tar`);
    writeFileSync(list, files.join('\0'));
    execFileSync('tar', ['-C', '/', '--null', '--no-recursion', '--hard-dereference', '-cf', tar, '-T', list]);
    const diffId = await digestOfFile(tar);
    execFileSync('gzip', ['-n', '-f', tar]);
    rmSync(list);
    const file = `${tar}.gz`;
    layers.push({ file, bytes: statSync(file).size, digest: await digestOfFile(file), diffId });
  }
  return layers;
}

/** Files of /usr in the order of their names, until there is enough; cut into layers of about the same size. */
function chooseFiles(): string[][] {
  const layers: string[][] = [[]];
  let size = 0;
  for (const { path, bytes } of filesBelow('usr')) {
    if (size > (totalSize * layers.length) / layerCount) {
      if (layers.length === layerCount) break;
      layers.push([]);
    }
    layers.at(-1)!.push(path);
    size += bytes;
  }
  return layers;
}

function* filesBelow(folder: string): Generator<{ path: string; bytes: number }> {
  for (const entry of readdirSync(`/${folder}`, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield { path, bytes: lstatSync(`/${path}`).size };
  }
}
