import { isIPv4 } from 'node:net';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { EngineConfig } from './config.ts';

const flags = {
  root: { type: 'string' },
  socket: { type: 'string' },
  'exec-root': { type: 'string' },
  'guest-port': { type: 'string', multiple: true },
  'guest-key': { type: 'string' },
  'guest-order': { type: 'string' },
  'host-folders': { type: 'string' },
  'file-port': { type: 'string' },
  'builtin-images': { type: 'string' },
  'insecure-registry': { type: 'string', multiple: true },
  'registry-mirror': { type: 'string', multiple: true },
  shimd: { type: 'string' },
  host: { type: 'string', multiple: true },
  tlsverify: { type: 'boolean' },
  tlscacert: { type: 'string' },
  tlscert: { type: 'string' },
  tlskey: { type: 'string' },
} as const;

export const usage = `usage: engine --root DIR --socket PATH [--exec-root DIR] [--guest-port DEVICE …] [--guest-key FILE] [--guest-order FILE]
  [--host-folders direct|refuse|shared] [--file-port DEVICE] [--builtin-images DIR] [--insecure-registry HOST …] [--registry-mirror URL …]
  [--shimd FILE] [--host tcp://ADDRESS:PORT …] [--tlsverify] [--tlscacert FILE] [--tlscert FILE --tlskey FILE]`;

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
  if (hostFolders !== 'direct' && hostFolders !== 'refuse' && hostFolders !== 'shared') throw new UsageError(`--host-folders ${hostFolders}: direct, refuse or shared`);
  if ((hostFolders === 'shared') !== (values['file-port'] !== undefined)) throw new UsageError('--host-folders shared and --file-port belong together');
  const guestPorts = values['guest-port'] ?? [];
  const guestKey = values['guest-key'];
  if (guestPorts.length > 0 && guestKey === undefined) throw new UsageError('--guest-port needs --guest-key FILE: the channel is authenticated');
  return {
    root: resolve(root),
    execRoot: resolve(values['exec-root'] ?? join(root, 'exec')),
    socket: resolve(socket),
    guestPorts,
    ...(guestKey === undefined ? {} : { guestKeyFile: resolve(guestKey) }),
    ...(values['guest-order'] === undefined ? {} : { guestOrderFile: resolve(values['guest-order']) }),
    hostFolders,
    ...(values['file-port'] === undefined ? {} : { filePort: values['file-port'] }),
    ...(values['builtin-images'] === undefined ? {} : { builtinImages: resolve(values['builtin-images']) }),
    insecureRegistries: values['insecure-registry'] ?? [],
    registryMirrors: values['registry-mirror'] ?? [],
    ...(values.shimd === undefined ? {} : { shimd: resolve(values.shimd) }),
    tcp: tcpAddresses(values),
  };
}

/**
 * Whoever reaches the API owns the machine. So an address that others can reach asks for certificates of clients.
 * @throws UsageError
 */
function tcpAddresses({ host: hosts = [], tlsverify: verify = false, tlscacert: ca, tlscert: cert, tlskey: key }: ReturnType<typeof parse>): EngineConfig['tcp'] {
  const hasCertificate = cert !== undefined && key !== undefined;
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--tlscert and --tlskey go together');
  if (verify && (!hasCertificate || ca === undefined)) throw new UsageError('--tlsverify needs --tlscacert, --tlscert and --tlskey');
  if (ca !== undefined && !hasCertificate) throw new UsageError('--tlscacert needs --tlscert and --tlskey');
  const tls = hasCertificate ? { cert: resolve(cert), key: resolve(key), ...(ca === undefined ? {} : { ca: resolve(ca) }), verify } : undefined;
  return hosts.map((text) => {
    const found = /^tcp:\/\/(\[[0-9a-f:.]+\]|[^:/]+):(\d{1,5})$/i.exec(text);
    if (found === null || Number(found[2]) > 65535) throw new UsageError(`--host ${text}: tcp://ADDRESS:PORT is expected, as in tcp://127.0.0.1:2375`);
    const address = found[1]!.replace(/^\[|\]$/g, '');
    if (!isLoopback(address) && !verify) {
      throw new UsageError(`--host ${text}: others can reach this address; it needs --tlsverify with --tlscacert, --tlscert and --tlskey, or use 127.0.0.1`);
    }
    return { host: address, port: Number(found[2]), ...(tls === undefined ? {} : { tls }) };
  });
}

function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || (isIPv4(address) && address.startsWith('127.'));
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: false }).values;
}
