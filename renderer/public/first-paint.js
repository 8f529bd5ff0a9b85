// Runs before the first paint, so that a light desktop never sees a dark flash. The setting itself lives in main; this is its last known value.
(() => {
  let theme = 'system';
  try {
    theme = localStorage.getItem('slipway.theme') ?? 'system';
  } catch {
    // Storage may be forbidden; the system's preference is then the best guess.
  }
  const light = theme === 'light' || (theme !== 'dark' && matchMedia('(prefers-color-scheme: light)').matches);
  document.documentElement.dataset.theme = light ? 'light' : 'dark';
})();
