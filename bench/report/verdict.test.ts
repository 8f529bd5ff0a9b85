import { describe, expect, it } from 'vitest';
import type { Line } from '../row.ts';
import { againstDockerd, againstFloor } from '../row.ts';
import { judge } from './verdict.ts';

const line = (change: Partial<Line>): Line => ({ key: 'x', title: 'x', unit: 'ms', goals: [], ...change });
const met = (...args: Parameters<typeof judge>) => judge(...args).map((verdict) => [verdict.goal, verdict.met]);

describe('verdicts', () => {
  it('compares with dockerd, the floor and podman', () => {
    const goals = [againstDockerd(0.2), againstFloor(2)];
    expect(met(line({ goals }), { slipway: 50, dockerd: 300, podman: 49, floor: 25 }, new Map())).toEqual([
      ['≤ 0.2 × dockerd', true],
      ['≤ 2 × floor', true],
      ['≤ 1 × podman', false],
    ]);
    expect(met(line({ goals }), { slipway: 61, dockerd: 300, floor: 25 }, new Map())).toEqual([
      ['≤ 0.2 × dockerd', false],
      ['≤ 2 × floor', false],
    ]);
  });

  it('says that it does not know when something is missing', () => {
    expect(met(line({ goals: [againstDockerd(0.2)] }), { slipway: 50 }, new Map())).toEqual([['≤ 0.2 × dockerd', undefined]]);
    expect(met(line({ goals: [againstDockerd(0.2)] }), { dockerd: 50 }, new Map())).toEqual([['≤ 0.2 × dockerd', undefined]]);
  });

  it('takes limits, and other lines for growth', () => {
    expect(met(line({ unit: 'MB', goals: [{ kind: 'limit', atMost: 0.5 }] }), { slipway: 0.4, podman: 0.1 }, new Map())).toEqual([['≤ 0.5', true]]);
    const flat = line({ goals: [{ kind: 'flat', line: 'at-10', atMost: 1.5 }] });
    expect(met(flat, { slipway: 4 }, new Map([['at-10', 2]]))).toEqual([['≤ 1.5 × at-10', false]]);
  });
});
