import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TaskSpec } from '../collaborators.ts';
import { logAttributes } from '../config/log-attributes.ts';
import { logRotation } from '../config/log-options.ts';
import type { ContainerRecord } from '../container.ts';

/** How shimd writes a container's log. */
export function logTarget(record: ContainerRecord): TaskSpec['logRotation'] {
  const { Type: type, Config: options } = record.hostConfig.LogConfig ?? {};
  const config = { Type: type === 'local' ? 'local' : 'json-file', Config: options ?? {} };
  if (type === 'none') return { maxSize: 0, maxFile: 1 };
  if (type === 'local') return { ...logRotation(config), driver: 'local' };
  const attributes = logAttributes(record);
  return { ...logRotation(config), ...(attributes === undefined ? {} : { attributes: JSON.stringify(attributes) }) };
}

/** Makes the folder of a log's file, but not the container's own, which may have just been removed. @returns the path itself */
export async function logFolder(path: string): Promise<string> {
  await mkdir(dirname(path), { mode: 0o710 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return path;
}
