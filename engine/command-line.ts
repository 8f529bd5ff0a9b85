import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { EngineConfig } from './config.ts';

const flags = {
  root: { type: 'string' },
  socket: { type: 'string' },
  'exec-root': { type: 'string' },
  'guest-port': { type: 'string', multiple: true },
  'guest-key': { type: 'string' },
  'host-folders': { type: 'string' },
  'builtin-images': { type: 'string' },
  'insecure-registry': { type: 'string', multiple: true },
  shimd: { type: 'string' },
} as const;

export const usage = `usage: engine --root DIR --socket PATH [--exec-root DIR] [--guest-port DEVICE …] [--guest-key FILE]
  [--host-folders direct|refuse] [--builtin-images DIR] [--insecure-registry HOST …] [--shimd FILE]`;

/** A command line that cannot be followed; the message says what is wrong, {@link usage} what would be right. */
export class UsageError extends Error {}

/** @throws UsageError */
export function parseCommandLine(args: readonly string[]): EngineConfig {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
  const { root, socket } = values;
  if (root === undefined) throw new UsageError('--root DIR is missing: the folder that holds images, containers and volumes');
  if (socket === undefined) throw new UsageError('--socket PATH is missing: where the Docker API is to listen');
  const hostFolders = values['host-folders'] ?? 'direct';
  if (hostFolders !== 'direct' && hostFolders !== 'refuse') throw new UsageError(`--host-folders ${hostFolders}: direct or refuse`);
  const guestPorts = values['guest-port'] ?? [];
  const guestKey = values['guest-key'];
  if (guestPorts.length > 0 && guestKey === undefined) throw new UsageError('--guest-port needs --guest-key FILE: the channel is authenticated');
  return {
    root: resolve(root),
    execRoot: resolve(values['exec-root'] ?? join(root, 'exec')),
    socket: resolve(socket),
    guestPorts,
    ...(guestKey === undefined ? {} : { guestKeyFile: resolve(guestKey) }),
    hostFolders,
    ...(values['builtin-images'] === undefined ? {} : { builtinImages: resolve(values['builtin-images']) }),
    insecureRegistries: values['insecure-registry'] ?? [],
    ...(values.shimd === undefined ? {} : { shimd: resolve(values.shimd) }),
  };
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: false }).values;
}
