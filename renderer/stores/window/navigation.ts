import { create } from 'zustand';

export type DetailsTab = 'overview' | 'logs' | 'terminal';
export const detailsTabs = ['overview', 'logs', 'terminal'] as const satisfies readonly DetailsTab[];

/** Every place of the window. The address bar (or a deep link) holds it as a fragment. */
export type Route =
  | { page: 'containers' }
  | { page: 'container'; id: string; tab: DetailsTab }
  | { page: 'run'; image: string }
  | { page: 'images' }
  | { page: 'logs'; id: string | undefined }
  | { page: 'settings' };

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [page, id, tab] = path.split('/').map(decode);
  switch (page) {
    case 'containers':
      if (id === undefined || id === '') return { page: 'containers' };
      return { page: 'container', id, tab: detailsTabs.find((name) => name === tab) ?? 'overview' };
    case 'run':
      return { page: 'run', image: new URLSearchParams(query).get('image') ?? '' };
    case 'images':
      return { page: 'images' };
    case 'logs':
      return { page: 'logs', id: id === '' ? undefined : id };
    case 'settings':
      return { page: 'settings' };
    default:
      return { page: 'containers' };
  }
}

/** A hand-written address may hold a broken escape; it then leads nowhere instead of breaking the window. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'container':
      return `#/containers/${encodeURIComponent(route.id)}/${route.tab}`;
    case 'run':
      return route.image === '' ? '#/run' : `#/run?image=${encodeURIComponent(route.image)}`;
    case 'logs':
      return route.id === undefined ? '#/logs' : `#/logs/${encodeURIComponent(route.id)}`;
    case 'containers':
    case 'images':
    case 'settings':
      return `#/${route.page}`;
  }
}

export const useNavigation = create<{ route: Route }>(() => ({ route: { page: 'containers' } }));

/** Goes there and leaves a step in the history, so that back leads here again. */
export function go(route: Route): void {
  const hash = formatRoute(route);
  if (location.hash !== hash) location.hash = hash;
  useNavigation.setState({ route });
}

/** Goes there in place of the present step. */
export function replaceRoute(route: Route): void {
  history.replaceState(null, '', formatRoute(route));
  useNavigation.setState({ route });
}

/** Follows the address from now on; call it after a session token was taken out of it. */
export function startNavigation(): void {
  const follow = (): void => useNavigation.setState({ route: parseRoute(location.hash) });
  addEventListener('hashchange', follow);
  follow();
}
