import { StdFrameDecoder } from '../../../../contract/stdcopy.ts';
import { TarParser } from '../../../lib/tar/tar-parser.ts';

/** An answer's body as something that can be compared: JSON, a list of JSON lines, streams by name, entries of a tar, or text. */
export function decodeBody(contentType: string, bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  if (contentType.startsWith('application/json') || contentType === 'application/x-ndjson') return decodeJson(bytes.toString());
  if (contentType === 'application/x-tar') return decodeTar(bytes);
  if (contentType.startsWith('application/vnd.docker') || contentType === '') return decodeStreams(bytes) ?? bytes.toString();
  return bytes.toString();
}

function decodeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const lines = text.split(/\r?\n/).filter((line) => line !== '');
    try {
      return { lines: lines.map((line) => JSON.parse(line) as unknown) };
    } catch {
      return { notJson: text };
    }
  }
}

/** undefined when the bytes are not a multiplexed stream from their first to their last byte. */
function decodeStreams(bytes: Buffer): Record<string, string> | undefined {
  const decoder = new StdFrameDecoder();
  const streams: Record<string, string> = {};
  try {
    for (const { stream, payload } of decoder.push(bytes)) streams[stream] = (streams[stream] ?? '') + Buffer.from(payload).toString();
  } catch {
    return undefined;
  }
  return decoder.pendingBytes === 0 ? streams : undefined;
}

function decodeTar(bytes: Buffer): unknown {
  const entries: Record<string, unknown>[] = [];
  try {
    for (const event of new TarParser().push(bytes)) {
      if (event.kind === 'data') continue;
      const { name, type, mode, uid, gid, size, linkname } = event.header as unknown as Record<string, unknown>;
      entries.push({ name, type, mode, uid, gid, size, linkname });
    }
  } catch (error) {
    return { notTar: (error as Error).message };
  }
  return { entries };
}
