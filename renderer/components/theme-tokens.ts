/** Tells when the theme of the page changed, for what paints by itself and must read the tokens again. */
export function onThemeToken(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}
