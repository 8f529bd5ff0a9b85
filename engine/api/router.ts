import type { Exchange } from './exchange.ts';

export type Handler = (exchange: Exchange) => Promise<void> | void;

export interface Route {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** `/containers/{id}/json`; a parameter takes slashes too, because image names have them. */
  path: string;
  handler: Handler;
  /** The answer takes the connection over; only these routes may be upgraded. */
  hijacks?: boolean;
  /** The handler takes {@link Exchange.unreadBody}: a large body. */
  takesUnreadBody?: boolean;
}

export interface Match {
  route: Route;
  params: Record<string, string>;
}

interface CompiledRoute {
  route: Route;
  pattern: RegExp;
  names: string[];
}

/** Finds routes by method and decoded path. Among several that fit, the first of the table wins. */
export class Router {
  /** By method and first path segment, so that a look-up tries a handful of patterns. */
  readonly #routes = new Map<string, CompiledRoute[]>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const names: string[] = [];
      const source = route.path.replace(/[.+]/g, '\\$&').replace(/\{(\w+)\}/g, (_, name: string) => {
        names.push(name);
        return '(.+)';
      });
      const key = `${route.method} ${firstSegment(route.path)}`;
      const bucket = this.#routes.get(key) ?? [];
      bucket.push({ route, pattern: new RegExp(`^${source}$`, 's'), names });
      this.#routes.set(key, bucket);
    }
  }

  /** @param path decoded, without the version. */
  match(method: string, path: string): Match | undefined {
    for (const { route, pattern, names } of this.#routes.get(`${method} ${firstSegment(path)}`) ?? []) {
      const found = pattern.exec(path);
      if (found !== null) return { route, params: Object.fromEntries(names.map((name, index) => [name, found[index + 1]!])) };
    }
    return undefined;
  }
}

function firstSegment(path: string): string {
  return path.split('/', 2)[1] ?? '';
}
