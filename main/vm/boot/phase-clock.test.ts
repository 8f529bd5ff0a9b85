import { describe, expect, it } from 'vitest';
import type { VmPhase } from '../../../contract/vm-state.ts';
import { PhaseClock } from './phase-clock.ts';

describe('phases of a start', () => {
  it('run one at a time, keep their details, and tell every change', () => {
    const seen: VmPhase[][] = [];
    const clock = new PhaseClock((phases) => seen.push(phases));
    clock.begin('requirements');
    clock.detail('requirements', 'QEMU');
    clock.begin('disk');
    expect(clock.phases.slice(0, 3)).toEqual([
      { id: 'requirements', status: 'done', startedMs: expect.any(Number), tookMs: expect.any(Number), detail: 'QEMU' },
      { id: 'disk', status: 'running', startedMs: expect.any(Number) },
      { id: 'hypervisor', status: 'waiting' },
    ]);
    expect([seen.length, clock.current]).toEqual([3, 'disk']);
  });

  it('fall back to an earlier one when the start does', () => {
    const clock = new PhaseClock(() => undefined);
    for (const id of ['requirements', 'disk', 'hypervisor', 'kernel'] as const) clock.begin(id);
    clock.begin('hypervisor');
    expect(clock.phases.map(({ status }) => status)).toEqual(['done', 'done', 'running', 'waiting', 'waiting', 'waiting']);
  });

  it('end with the one that failed', () => {
    const clock = new PhaseClock(() => undefined);
    clock.begin('requirements');
    clock.begin('disk');
    clock.fail();
    expect([clock.phases.map(({ status }) => status).slice(0, 3), clock.current]).toEqual([['done', 'failed', 'waiting'], 'requirements']);
  });
});
