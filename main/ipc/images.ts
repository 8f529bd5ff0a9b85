import type { HandlersOf, Services } from './handlers.ts';

export function imageHandlers({ engine }: Services): HandlersOf<'images'> {
  const { images } = engine;
  return {
    'images/list': () => images.list(),
    'images/inspect': ({ id }) => images.inspect(id),
    'images/remove': async ({ id, ...options }) => {
      await images.remove(id, options);
      return undefined;
    },
  };
}
