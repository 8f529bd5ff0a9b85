import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EngineSupervisor } from './engine-supervisor.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function supervise() {
  const reasons: string[] = [];
  return { reasons, supervisor: new EngineSupervisor((reason) => reasons.push(reason)) };
}

describe('an engine', () => {
  it('that comes back in time is not given up', () => {
    const { reasons, supervisor } = supervise();
    supervisor.connection(false);
    vi.advanceTimersByTime(80_000);
    supervisor.connection(true);
    vi.advanceTimersByTime(1_000_000);
    expect(reasons).toEqual([]);
  });

  it('that stays away is given up, once', () => {
    const { reasons, supervisor } = supervise();
    supervisor.connection(false);
    vi.advanceTimersByTime(1_000_000);
    supervisor.connection(false);
    vi.advanceTimersByTime(1_000_000);
    expect(reasons).toEqual(['absent']);
  });

  it('that dies again and again is given up; one that dies now and then is not', () => {
    const often = supervise();
    for (let i = 0; i < 6; i++) often.supervisor.engineEnded();
    expect(often.reasons).toEqual(['dies']);
    const seldom = supervise();
    for (let i = 0; i < 50; i++) {
      seldom.supervisor.engineEnded();
      vi.advanceTimersByTime(20_000);
    }
    expect(seldom.reasons).toEqual([]);
  });

  it('is nobody\'s concern after the stop', () => {
    const { reasons, supervisor } = supervise();
    supervisor.connection(false);
    supervisor.stop();
    for (let i = 0; i < 6; i++) supervisor.engineEnded();
    vi.advanceTimersByTime(1_000_000);
    expect(reasons).toEqual([]);
  });
});
