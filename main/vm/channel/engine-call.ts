import { request, type IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';

export interface EngineAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** One request to the engine's API over a stream of its own. Bodies are small and whole: this is for the VM's own business. */
export async function callEngine(open: () => Promise<Duplex>, method: 'GET' | 'POST' | 'PUT', path: string, signal: AbortSignal, json?: string): Promise<EngineAnswer> {
  const stream = await open();
  const { promise, resolve, reject } = Promise.withResolvers<EngineAnswer>();
  const call = request({ method, path, host: 'engine', createConnection: () => stream, signal, headers: { connection: 'close', ...(json === undefined ? {} : { 'content-type': 'application/json' }) } }, (response) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (text: string) => (body += text));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    response.on('error', reject);
  });
  call.on('error', reject);
  call.end(json);
  try {
    return await promise;
  } finally {
    stream.destroy();
  }
}
