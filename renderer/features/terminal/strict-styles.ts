/**
 * xterm's DOM renderer writes `<style>` elements and `style` attributes of its spans, both of which `style-src 'self'` forbids.
 * Constructed sheets and the CSSOM are allowed and do the same, so the two doors that xterm uses lead there. (Its
 * `documentOverride` option would be the proper way, but half of xterm 6 goes to the global document regardless.)
 * Page-wide and for good, from the first terminal on: nothing else in the window makes style elements.
 */
export function allowStrictStyles(): void {
  if (Object.hasOwn(document, 'createElement')) return;
  const create = Document.prototype.createElement;
  document.createElement = function createElement(this: Document, tag: string, options?: ElementCreationOptions): HTMLElement {
    return tag.toLowerCase() === 'style' ? sheetElement() : create.call(document, tag, options);
  } as typeof document.createElement;

  HTMLSpanElement.prototype.setAttribute = function setAttribute(name: string, value: string): void {
    if (name === 'style') this.style.cssText = value;
    else Element.prototype.setAttribute.call(this, name, value);
  };
}

/** Stands where the style element would; its text goes into a sheet that lives as long as it does. */
function sheetElement(): HTMLElement {
  const element = document.createElement('span');
  element.hidden = true;
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  Object.defineProperty(element, 'textContent', { set: (css: string) => { sheet.replaceSync(css); }, get: () => '' });
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    Element.prototype.remove.call(element);
  };
  return element;
}
