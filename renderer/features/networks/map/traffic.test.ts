import { expect, test } from 'vitest';
import type { Sample } from '../../../../contract/stats.ts';
import { field } from '../../../format/usage.ts';
import type { MapLayout } from './map-layout.ts';
import { trafficOf } from './traffic.ts';

const sample = (received: number, sent: number): Sample => {
  const values = [0, 0, 0, 0, 0, 0, 0, 0];
  values[field.received - 1] = received;
  values[field.sent - 1] = sent;
  return values as unknown as Sample;
};
const card = (id: string) => ({ id, networks: ['n'], x: 0, y: 0 });
const layout = { width: 0, height: 0, lines: [], berths: [], wires: [], cards: ['busy', 'calm', 'off', 'flood'].map(card) } satisfies MapLayout;

test('what moves is told, wider for each power of ten; what only breathes is not', () => {
  const told = trafficOf(layout, { busy: sample(40_000, 60_000), calm: sample(40, 20), flood: sample(1e9, 1e9), elsewhere: sample(1e6, 0) });
  expect(told.map(({ card: { id }, received, sent, width }) => [id, received, sent, width])).toEqual([
    ['busy', 40_000, 60_000, 4],
    ['flood', 1e9, 1e9, 6],
  ]);
});
