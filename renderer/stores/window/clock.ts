import { create } from 'zustand';

/** The time that ages are shown against. One tick for the whole window, and none while nobody looks. */
export const useClock = create<{ now: number }>(() => ({ now: Date.now() }));

const tickEvery = 1000;

/** @returns the way to stop. */
export function startClock(): () => void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = (): void => useClock.setState({ now: Date.now() });
  const follow = (): void => {
    clearInterval(timer);
    timer = undefined;
    if (document.hidden) return;
    tick();
    timer = setInterval(tick, tickEvery);
  };
  document.addEventListener('visibilitychange', follow);
  follow();
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', follow);
  };
}
