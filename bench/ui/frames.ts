import type { Page } from '@playwright/test';

/** Frames over this are seen. */
export const longFrame = 50;

/** Writes down how long each frame takes from now on, by the page's own clock. */
export async function countFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const frames: number[] = [];
    let last = performance.now();
    const tick = (): void => {
      const now = performance.now();
      frames.push(now - last);
      last = now;
      if ((window as { benchFrames?: number[] }).benchFrames === frames) requestAnimationFrame(tick);
    };
    Object.assign(window, { benchFrames: frames });
    requestAnimationFrame(tick);
  });
}

/** The frames since {@link countFrames}, which ends with it. In milliseconds. */
export function framesSoFar(page: Page): Promise<number[]> {
  return page.evaluate(() => {
    const holder = window as { benchFrames?: number[] | undefined };
    const frames = holder.benchFrames ?? [];
    holder.benchFrames = undefined;
    return frames;
  });
}
