import { expect, test } from 'vitest';
import { zoneError } from './import-zones.mjs';

test.each([
  ['engine/store/a.ts', 'engine/api/b.ts', /imports go down only/],
  ['engine/lib/a.ts', 'engine/store/b.ts', /imports go down only/],
  ['engine/store/a.ts', 'engine/main.ts', /imports go down only/],
  ['engine/api/a.ts', 'main/vm/b.ts', /imports itself and contract/],
  ['contract/a.ts', 'engine/lib/b.ts', /imports itself and contract/],
  ['renderer/components/a.tsx', 'renderer/stores/b.ts', /features → stores → api/],
  ['renderer/stores/a.ts', 'renderer/features/b.tsx', /features → stores → api/],
  ['renderer/api.ts', 'renderer/stores/b.ts', /features → stores → api/],
])('%s may not import %s', (from, to, message) => expect(zoneError(from, to)).toMatch(message));

test.each([
  ['engine/api/a.ts', 'engine/containers/b.ts'],
  ['engine/api/routes/a.ts', 'engine/api/b.ts'],
  ['engine/runtime/a.ts', 'engine/containers/collaborators.ts'],
  ['engine/testing/a.ts', 'engine/main.ts'],
  ['engine/lib/a.ts', 'contract/b.ts'],
  ['bench/a.ts', 'e2e/b.ts'],
  ['renderer/features/logs/a.tsx', 'renderer/stores/b.ts'],
  ['renderer/format/a.ts', 'package.json'],
])('%s may import %s', (from, to) => expect(zoneError(from, to)).toBeUndefined());
