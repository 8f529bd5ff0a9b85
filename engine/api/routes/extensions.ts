import type { Handler } from '../router.ts';

/**
 * What this engine has besides the Docker API, by name and version; an engine without `/slipway` has nothing. A version goes up when
 * a client of the one before would go wrong. See docs/api-extensions.md.
 */
const versions = { logs: 1, files: 1, volumes: 1, disk: 1, stats: 1, registries: 1, defaults: 1 };

export const extensions: Handler = (exchange) => exchange.answer(200, { Extensions: versions });
