const startedAt = performance.now();

/** One line per step of set-up, with the seconds since the command began. */
export function step(text) {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
  console.log(`${seconds} s  ${text}`);
}
