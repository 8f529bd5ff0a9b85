import type { HandlersOf, Services } from './handlers.ts';

export function appHandlers({ facts, openUrl }: Services): HandlersOf<'app'> {
  return {
    'app/facts': () => facts,
    'app/open-url': async ({ url }) => {
      await openUrl(url);
      return undefined;
    },
  };
}
