import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readStartOrder } from './start-order.ts';

it('the host orders a start: go or park, with its time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-order-'));
  const read = (text: string) => {
    writeFileSync(join(folder, 'order'), text);
    return readStartOrder(join(folder, 'order'));
  };
  expect(read('park 1732694400123'.padEnd(31) + '\n')).toEqual({ word: 'park', unixMs: 1732694400123 });
  expect(read('go 1732694400123'.padEnd(31) + '\n')).toEqual({ word: 'go', unixMs: 1732694400123 });
  expect(read('')).toEqual({ word: 'go', unixMs: 0 });
  expect(readStartOrder(join(folder, 'none'))).toEqual({ word: 'go', unixMs: 0 });
  rmSync(folder, { recursive: true });
});
