import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../errors.ts';
import type { ImageService } from '../image-service.ts';

/**
 * Loads the archives of a folder whose image is not there. The archive's name says what it holds: `hello.tar` is
 * `slipway/hello:latest`, so that a start with everything in place reads none of them. Answers what was loaded. An archive
 * that cannot be loaded is reported and passed over: the engine works without it.
 */
export async function loadBuiltins(service: Pick<ImageService, 'resolve' | 'load'>, directory: string, log: (line: string) => void): Promise<string[]> {
  const loaded: string[] = [];
  for (const file of await listArchives(directory, log)) {
    const reference = `slipway/${file.replace(/\.tar$/, '')}:latest`;
    try {
      if (await isPresent(service, reference)) continue;
      await service.load(createReadStream(join(directory, file)), { quiet: true }, () => {});
      loaded.push(reference);
    } catch (error) {
      log(`the built-in image ${join(directory, file)} could not be loaded: ${messageOf(error)}`);
    }
  }
  return loaded;
}

async function listArchives(directory: string, log: (line: string) => void): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((file) => file.endsWith('.tar')).sort();
  } catch (error) {
    log(`the built-in images in ${directory} could not be read: ${messageOf(error)}`);
    return [];
  }
}

async function isPresent(service: Pick<ImageService, 'resolve'>, reference: string): Promise<boolean> {
  return service.resolve(reference).then(
    () => true,
    () => false,
  );
}
