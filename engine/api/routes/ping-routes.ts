import type { Exchange } from '../exchange.ts';
import type { Route } from '../router.ts';

/** They need nothing of the engine, so they answer before the rest of it is there. */
export const pingRoutes: readonly Route[] = (['HEAD', 'GET'] as const).map((method) => ({ method, path: '/_ping', handler: ping }));

function ping(exchange: Exchange): void {
  exchange.answerText(200, exchange.method === 'HEAD' ? '' : 'OK', {
    'Builder-Version': '1',
    'Cache-Control': 'no-cache, no-store, must-revalidate',
    Pragma: 'no-cache',
    Swarm: 'inactive',
  });
}
