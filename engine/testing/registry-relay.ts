import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RegistryRelay extends AsyncDisposable {
  /** `127.0.0.1:port` */
  host: string;
}

/**
 * A server before a registry, for tests.
 * @param upstream `127.0.0.1:port` @param own whether it has answered itself
 */
export async function startRelay(upstream: string, own: (request: IncomingMessage, response: ServerResponse) => boolean): Promise<RegistryRelay> {
  const [hostname, port] = upstream.split(':');
  const server = createServer((incoming, response) => {
    if (own(incoming, response)) return;
    const outgoing = httpRequest({ hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
