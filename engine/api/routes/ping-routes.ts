import type { Exchange } from '../exchange.ts';
import type { Route } from '../router.ts';

/**
 * They need nothing of the engine, so they answer before the rest of it is there.
 * @param ready what an answer has to wait for all the same
 */
export function pingRoutes(ready: () => Promise<void> | undefined = () => undefined): Route[] {
  return (['HEAD', 'GET'] as const).map((method) => ({
    method,
    path: '/_ping',
    async handler(exchange: Exchange) {
      await ready();
      exchange.answerText(200, method === 'HEAD' ? '' : 'OK', {
        'Builder-Version': '1',
        'Cache-Control': 'no-cache, no-store, must-revalidate',
        Pragma: 'no-cache',
        Swarm: 'inactive',
      });
    },
  }));
}
