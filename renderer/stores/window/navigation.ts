import { create } from 'zustand';

/** Tabs of a container's page; a tab without a panel (`renderer/screens.ts`) is not shown. */
export const containerTabs = ['overview', 'logs', 'terminal', 'files', 'stats', 'processes', 'changes', 'inspect'] as const;
export const imageTabs = ['overview', 'layers', 'inspect'] as const;
export const volumeTabs = ['files', 'overview', 'inspect'] as const;
export const networkTabs = ['overview', 'inspect'] as const;

export type DetailsTab = (typeof containerTabs)[number];
export type ImageTab = (typeof imageTabs)[number];
export type VolumeTab = (typeof volumeTabs)[number];
export type NetworkTab = (typeof networkTabs)[number];

/** Every place of the window. The address bar (or a deep link) holds it as a fragment. */
export type Route =
  | { page: 'home' }
  | { page: 'containers' }
  | { page: 'container'; id: string; tab: DetailsTab }
  /** `command`: a whole `docker run` line that fills the form. */
  | { page: 'run'; image: string; command?: string }
  | { page: 'images' }
  | { page: 'image'; id: string; tab: ImageTab }
  | { page: 'volumes' }
  | { page: 'volume'; id: string; tab: VolumeTab }
  | { page: 'networks' }
  | { page: 'network'; id: string; tab: NetworkTab }
  /** Several containers as `a,b`. */
  | { page: 'logs'; id: string | undefined }
  | { page: 'stats' }
  | { page: 'disk' }
  | { page: 'settings' }
  | { page: 'troubleshoot' };

export type PageName = Route['page'];
export type RouteOf<P extends PageName> = Extract<Route, { page: P }>;

/** Where an address leads that names no place. */
let start: Route = { page: 'containers' };

/** For a window that is opened without a place. */
export const setStart = (route: Route): void => void (start = route);

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [page, id = '', tab] = path.split('/').map(decode);
  const pick = <T extends string>(tabs: readonly [T, ...T[]]): T => tabs.find((name) => name === tab) ?? tabs[0];
  switch (page) {
    case 'containers':
      return id === '' ? { page } : { page: 'container', id, tab: pick(containerTabs) };
    case 'images':
      return id === '' ? { page } : { page: 'image', id, tab: pick(imageTabs) };
    case 'volumes':
      return id === '' ? { page } : { page: 'volume', id, tab: pick(volumeTabs) };
    case 'networks':
      return id === '' ? { page } : { page: 'network', id, tab: pick(networkTabs) };
    case 'run':
      return runRoute(new URLSearchParams(query));
    case 'logs':
      return { page, id: id === '' ? undefined : id };
    case 'home':
    case 'stats':
    case 'disk':
    case 'settings':
    case 'troubleshoot':
      return { page };
    default:
      return start;
  }
}

function runRoute(query: URLSearchParams): Route {
  const command = query.get('command');
  return { page: 'run', image: query.get('image') ?? '', ...(command === null ? {} : { command }) };
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
    case 'image':
    case 'volume':
    case 'network':
      return `#/${route.page}s/${encodeURIComponent(route.id)}/${route.tab}`;
    case 'run':
      if (route.command !== undefined) return `#/run?command=${encodeURIComponent(route.command)}`;
      return route.image === '' ? '#/run' : `#/run?image=${encodeURIComponent(route.image)}`;
    case 'logs':
      return route.id === undefined ? '#/logs' : `#/logs/${encodeURIComponent(route.id)}`;
    default:
      return `#/${route.page}`;
  }
}

export const useNavigation = create<{ route: Route }>(() => ({ route: start }));

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
