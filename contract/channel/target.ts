import { asciiBytes, asciiText } from './ascii.ts';
import { parseChannelPort, type ChannelPort } from './host-requests.ts';

/**
 * What a stream is opened to, written as ASCII in the body of its `open` frame: `api` and `port/tcp/<ip>/<port>` by the
 * host, `host` and (on the port for files) `files` by the guest.
 */
export type StreamTarget = { kind: 'api' } | { kind: 'host' } | { kind: 'files' } | ({ kind: 'port' } & ChannelPort);

export function encodeTarget(target: StreamTarget): Uint8Array {
  const text = target.kind === 'port' ? `port/${target.protocol}/${target.hostIp}/${target.hostPort}` : target.kind;
  return asciiBytes(text, text.length);
}

/** Null for bytes that name no target. */
export function parseTarget(bytes: Uint8Array): StreamTarget | null {
  const [kind, protocol, hostIp, hostPort, ...rest] = asciiText(bytes).split('/');
  if (kind === 'port' && rest.length === 0 && /^\d{1,5}$/.test(hostPort ?? '')) {
    const port = parseChannelPort({ protocol, hostIp, hostPort: Number(hostPort) });
    return port === null ? null : { kind, ...port };
  }
  if ((kind === 'api' || kind === 'host' || kind === 'files') && protocol === undefined) return { kind };
  return null;
}
