/**
 * xterm's DOM renderer writes `<style>` elements and `style` attributes, which `style-src 'self'` forbids. It takes its
 * document from an option, so it gets one whose style elements fill constructed sheets and whose spans set styles through
 * the CSSOM: both are allowed, and the policy can stay strict.
 */
export function strictStyleDocument(): Document {
  return new Proxy(document, {
    get(target, property) {
      if (property === 'createElement') return (tag: string) => createElement(target, tag);
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
    set: (target, property, value) => Reflect.set(target, property, value, target),
  });
}

function createElement(target: Document, tag: string): HTMLElement {
  if (tag === 'style') return sheetElement(target);
  const element = target.createElement(tag);
  if (tag === 'span') element.setAttribute = setAttributeStrictly;
  return element;
}

function setAttributeStrictly(this: HTMLElement, name: string, value: string): void {
  if (name === 'style') this.style.cssText = value;
  else Element.prototype.setAttribute.call(this, name, value);
}

/** Stands where the style element would; its text goes into a sheet that lives as long as it does. */
function sheetElement(target: Document): HTMLElement {
  const element = target.createElement('span');
  element.hidden = true;
  const sheet = new CSSStyleSheet();
  target.adoptedStyleSheets.push(sheet);
  Object.defineProperty(element, 'textContent', { set: (css: string) => sheet.replaceSync(css), get: () => '' });
  element.remove = () => {
    target.adoptedStyleSheets = target.adoptedStyleSheets.filter((other) => other !== sheet);
    Element.prototype.remove.call(element);
  };
  return element;
}
