import { listHostFolders } from '../host-folders.ts';
import { lookUpHostPort } from '../host-port.ts';
import type { HandlersOf, Services } from './handlers.ts';

export function appHandlers({ facts, openUrl, pickFolder, notify }: Services): HandlersOf<'app'> {
  return {
    'app/facts': () => facts,
    'app/host-port': ({ port }) => lookUpHostPort(port),
    'app/folders': ({ path }) => listHostFolders(path),
    'app/pick-folder': async () => {
      if (pickFolder === undefined) return { status: 'browse' };
      const path = await pickFolder();
      return path === undefined ? { status: 'dismissed' } : { status: 'picked', path };
    },
    'app/notify': (notice): undefined => void notify?.(notice),
    'app/open-url': async ({ url }) => {
      await openUrl(url);
      return undefined;
    },
  };
}
