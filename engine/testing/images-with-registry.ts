import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { ServiceFixture } from './image-service-fixture.ts';
import { startService } from './image-service-fixture.ts';
import type { RegistryFixture } from './registry-fixture.ts';
import { startRegistry } from './registry-fixture.ts';

/** For the tests of one file: one registry for all of them, and an image service for each. */
export function imagesWithRegistry(): { readonly registry: RegistryFixture; readonly service: ServiceFixture } {
  let registry: RegistryFixture;
  let service: ServiceFixture;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    service = await startService();
  });
  afterEach(() => service[Symbol.dispose]());
  return {
    get registry() {
      return registry;
    },
    get service() {
      return service;
    },
  };
}
