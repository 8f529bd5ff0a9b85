/**
 * Scripts that give a page in plain Chromium what Electron gives it: the preload in a world of its own, which shares the DOM but no
 * objects with the page, and `contextBridge` between the two. What crosses is JSON with bytes as base64: copies, as in Electron.
 */
export const preloadWorld = 'electron-preload';
/** The binding that only the preload's world has: the way to the main process. */
export const bindingName = 'standInSend';
/** What the launcher calls in the preload's world for each message of the main process. */
export const receiverName = 'standInReceive';

/** Runs in both worlds; plain functions, so that their source can be sent. */
function codec() {
  const bytesTag = '\u0000bytes';
  return {
    encode: (value: unknown): string =>
      JSON.stringify(value, function (this: Record<string, unknown>, key) {
        // Not the replacer's second argument: a Buffer has turned itself into something else by then.
        const item = this[key];
        if (!(item instanceof Uint8Array)) return item;
        let text = '';
        for (let start = 0; start < item.length; start += 0x2000) text += String.fromCharCode(...item.subarray(start, start + 0x2000));
        return { [bytesTag]: btoa(text) };
      }),
    decode: (text: string): unknown =>
      JSON.parse(text, (_key, item: unknown) => {
        const base64 = item !== null && typeof item === 'object' ? (item as Record<string, unknown>)[bytesTag] : undefined;
        return typeof base64 === 'string' ? Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)) : item;
      }),
  };
}

interface BridgeMessage {
  to: 'page' | 'preload';
  /** The exposed object's name and function names; a call of one; a call of a function that was an argument. */
  expose?: { key: string; functions: string[] };
  call?: { key: string; name: string; args: unknown[] };
  callback?: { id: number; args: unknown[] };
  hello?: true;
}

type Codec = ReturnType<typeof codec>;

function pageSide({ encode, decode }: Codec): void {
  const callbacks: ((...args: unknown[]) => void)[] = [];
  const post = (message: BridgeMessage) => void document.dispatchEvent(new CustomEvent('stand-in-bridge', { detail: encode(message) }));
  document.addEventListener('stand-in-bridge', (event) => {
    const message = decode((event as CustomEvent<string>).detail) as BridgeMessage;
    if (message.to !== 'page') return;
    if (message.callback !== undefined) callbacks[message.callback.id]?.(...message.callback.args);
    if (message.expose === undefined || message.expose.key in window) return;
    const { key, functions } = message.expose;
    const exposed = Object.fromEntries(
      functions.map((name) => [
        name,
        (...args: unknown[]) => post({ to: 'preload', call: { key, name, args: args.map((item) => (typeof item === 'function' ? { callback: callbacks.push(item as () => void) - 1 } : item)) } }),
      ]),
    );
    Object.defineProperty(window, key, { value: Object.freeze(exposed), enumerable: true });
  });
  // Either world may run first; whichever is second finds the other.
  post({ to: 'preload', hello: true });
}

function preloadSide({ encode, decode }: Codec, runPreload: (require: (name: string) => unknown) => void, names: { binding: string; receiver: string }): void {
  const exposed = new Map<string, Record<string, (...args: unknown[]) => void>>();
  const listeners = new Map<string, ((event: object, ...args: unknown[]) => void)[]>();
  const globals = globalThis as unknown as Record<string, (text: string) => void>;
  const post = (message: BridgeMessage) => void document.dispatchEvent(new CustomEvent('stand-in-bridge', { detail: encode(message) }));
  const announce = () => {
    for (const [key, functions] of exposed) post({ to: 'page', expose: { key, functions: Object.keys(functions) } });
  };
  document.addEventListener('stand-in-bridge', (event) => {
    const message = decode((event as CustomEvent<string>).detail) as BridgeMessage;
    if (message.to !== 'preload') return;
    if (message.hello === true) announce();
    if (message.call === undefined) return;
    const args = message.call.args.map((item) => {
      const id = item !== null && typeof item === 'object' ? (item as { callback?: number }).callback : undefined;
      return typeof id === 'number' ? (...given: unknown[]) => post({ to: 'page', callback: { id, args: given } }) : item;
    });
    exposed.get(message.call.key)?.[message.call.name]?.(...args);
  });
  globals[names.receiver] = (text) => {
    const { channel, args } = decode(text) as { channel: string; args: unknown[] };
    for (const listener of listeners.get(channel) ?? []) listener({}, ...args);
  };
  const electron = {
    contextBridge: {
      exposeInMainWorld(key: string, functions: Record<string, (...args: unknown[]) => void>) {
        exposed.set(key, functions);
        announce();
      },
    },
    ipcRenderer: {
      on: (channel: string, listener: (event: object, ...args: unknown[]) => void) => void listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
      send: (channel: string, ...args: unknown[]) => globals[names.binding]?.(encode({ channel, args })),
    },
  };
  runPreload((name) => {
    if (name !== 'electron') throw new Error(`a sandboxed preload cannot require ${name}`);
    return electron;
  });
}

/** Both scripts run in every frame; only the main frame gets a preload, as Electron does it without `nodeIntegrationInSubFrames`. */
const inMainFrame = (body: string) => `if (window.top === window) { ${body} }`;

export const pageScript = inMainFrame(`(${pageSide})((${codec})());`);

export function preloadScript(preload: string): string {
  const names = JSON.stringify({ binding: bindingName, receiver: receiverName });
  return inMainFrame(`(${preloadSide})((${codec})(), (require) => { const module = { exports: {} }; const exports = module.exports;\n${preload}\n}, ${names});`);
}

/** For the launcher's side of the binding and the receiver. */
export const { encode: encodeMessage, decode: decodeMessage } = codec();
