import { lookUpHostPort } from '../host-port.ts';
import type { HandlersOf, Services } from './handlers.ts';

export function appHandlers({ facts, openUrl }: Services): HandlersOf<'app'> {
  return {
    'app/facts': () => facts,
    'app/host-port': ({ port }) => lookUpHostPort(port),
    'app/open-url': async ({ url }) => {
      await openUrl(url);
      return undefined;
    },
  };
}
