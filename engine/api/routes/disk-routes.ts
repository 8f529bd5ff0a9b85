import type { DiskSurvey } from '../../../contract/engine-api/disk.ts';
import type { Route } from '../router.ts';

export interface DiskBackend {
  survey(): Promise<DiskSurvey>;
}

/** `GET /slipway/disk`: see `docs/api-extensions.md`. */
export function diskRoutes(disk: DiskBackend): Route[] {
  return [
    {
      method: 'GET',
      path: '/slipway/disk',
      async handler(exchange) {
        exchange.answer(200, await disk.survey());
      },
    },
  ];
}
