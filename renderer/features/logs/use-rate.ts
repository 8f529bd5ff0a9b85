import { useEffect, useState } from 'react';

/** A counter's growth per second, measured each second while `isLive`. */
export function useRate(count: () => number, isLive: boolean): number {
  const [rate, setRate] = useState(0);
  useEffect(() => {
    if (!isLive) return;
    let before = count();
    let at = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      const current = count();
      setRate(Math.round(((current - before) * 1000) / (now - at)));
      before = current;
      at = now;
    }, 1000);
    return () => clearInterval(timer);
    // `count` reads a live object; it is the same whichever render made it.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [isLive]);
  return isLive ? Math.max(0, rate) : 0;
}
