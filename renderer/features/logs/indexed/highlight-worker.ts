import { findRanges, type HighlightJob } from './find-ranges.ts';

/** Beside the window's own thread: a pattern that tries forever on a line must not hold up the window. */
addEventListener('message', ({ data }: MessageEvent<HighlightJob>) => {
  postMessage(findRanges(data));
});
