import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { isMac } from '../../format/keys.ts';
import { onThemeChange, useSettings } from '../../stores/settings.ts';
import { connectSession, resizeSession, typeInto } from '../../stores/containers/terminals.ts';
import { openUrl } from '../../stores/window/open-url.ts';
import { allowStrictStyles } from './strict-styles.ts';
import { terminalTheme } from './terminal-theme.ts';

/** One session's screen. It is kept while other pages are shown: its element only moves in and out of the page. */
export interface TerminalScreen {
  readonly element: HTMLElement;
  /** Puts it on the page, fits it and keeps it fitted; answers the way to take it off. */
  show(parent: HTMLElement): () => void;
  focus(): void;
  /** Selects the next place that holds the text, or the one before; false when there is none. */
  find(text: string, direction: 'next' | 'previous'): boolean;
  dispose(): void;
}

export interface Size {
  columns: number;
  rows: number;
}

const encoder = new TextEncoder();
const fontSizeNow = (): number => useSettings.getState().settings?.terminalFontSize ?? 13;

/** @param onSize is told of the size whenever it changes, also at first; `onFind` when the keys for a search are pressed. */
export function createTerminalScreen(key: string, label: string, onSize: (size: Size) => void, onFind: () => void): TerminalScreen {
  allowStrictStyles();
  const terminal = new Terminal({
    allowProposedApi: true,
    fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
    fontSize: fontSizeNow(),
    lineHeight: 1.18,
    cursorBlink: false,
    cursorInactiveStyle: 'outline',
    scrollback: 10_000,
    theme: terminalTheme(),
    minimumContrastRatio: 4.5,
    macOptionIsMeta: false,
    // A link is opened only through a check, by the shell's own means; OSC 8 links of a hostile program are not followed.
    linkHandler: { activate: () => undefined },
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(new Unicode11Addon());
  const search = new SearchAddon();
  terminal.loadAddon(search);
  // Plain addresses in the output: what is shown is where it leads, and only with Ctrl or Cmd, so that a press into the terminal opens nothing.
  terminal.loadAddon(new WebLinksAddon((event, address) => (event.ctrlKey || event.metaKey) && opensSafely(address)));
  terminal.unicode.activeVersion = '11';

  const element = document.createElement('div');
  element.className = 'terminal__screen';
  element.setAttribute('role', 'group');
  element.setAttribute('aria-label', label);
  let isOpened = false;
  let isConnected = false;

  const subscriptions = [
    terminal.onData((text) => typeInto(key, encoder.encode(text))),
    terminal.onBinary((text) => typeInto(key, Uint8Array.from(text, (character) => character.charCodeAt(0)))),
    terminal.onResize(({ cols, rows }) => {
      onSize({ columns: cols, rows });
      resizeSession(key, cols, rows);
    }),
  ];
  const stopSettings = useSettings.subscribe(() => {
    if (terminal.options.fontSize === fontSizeNow()) return;
    terminal.options.fontSize = fontSizeNow();
    fitNow();
  });
  const stopTheme = onThemeChange(() => (terminal.options.theme = terminalTheme()));
  terminal.attachCustomKeyEventHandler((event) => isForTheShell(event, terminal, onFind));

  function fitNow(): void {
    // Off the page, or before layout, there is nothing to fit to.
    if (element.clientWidth === 0 || element.clientHeight === 0) return;
    const selected = terminal.getSelectionPosition();
    const { cols } = terminal;
    fit.fit();
    // More or fewer rows, as when the search bar goes, are no reason to forget what was found.
    if (selected === undefined || terminal.hasSelection() || terminal.cols !== cols) return;
    terminal.select(selected.start.x, selected.start.y, (selected.end.y - selected.start.y) * cols + selected.end.x - selected.start.x);
  }

  function connect(): void {
    if (isConnected) return;
    isConnected = true;
    const size = { columns: terminal.cols, rows: terminal.rows };
    onSize(size);
    connectSession(key, size, writer(terminal));
  }

  return {
    element,
    show(parent) {
      parent.append(element);
      if (!isOpened) {
        isOpened = true;
        terminal.open(element);
      }
      fitNow();
      connect();
      const observer = new ResizeObserver(fitNow);
      observer.observe(element);
      terminal.focus();
      return () => {
        observer.disconnect();
        element.remove();
      };
    },
    focus: () => terminal.focus(),
    find: (text, direction) => (direction === 'next' ? search.findNext(text) : search.findPrevious(text)),
    dispose() {
      stopTheme();
      stopSettings();
      for (const subscription of subscriptions) subscription.dispose();
      terminal.dispose();
      element.remove();
    },
  };
}

/** Bytes that xterm may have in hand: one piece at a time would leave it waiting for a timer after each, many would keep Ctrl-C waiting. */
const inHand = 256 * 1024;

/** Gives output to the screen; the promise holds back the shell until the screen has caught up. */
function writer(terminal: Terminal): (bytes: Uint8Array) => Promise<void> | undefined {
  let pending = 0;
  let proceed: (() => void) | undefined;
  return (bytes) => {
    pending += bytes.length;
    terminal.write(bytes, () => {
      pending -= bytes.length;
      if (pending < inHand) proceed?.();
    });
    return pending < inHand ? undefined : new Promise((resolve) => (proceed = resolve));
  };
}

/** Of the web, and nothing that the URL parser would read otherwise than it looks. */
function opensSafely(address: string): void {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if ((url?.protocol === 'http:' || url?.protocol === 'https:') && url.username === '' && url.password === '') openUrl(url.href);
}

/** All keys go to the shell but the palette's, those between regions, and copy and paste as on the platform. */
function isForTheShell(event: KeyboardEvent, terminal: Terminal, onFind: () => void): boolean {
  const key = event.key.toLowerCase();
  if (key === 'f' && !event.altKey && (isMac ? event.metaKey : event.ctrlKey && event.shiftKey)) {
    event.preventDefault();
    if (event.type === 'keydown') onFind();
    return false;
  }
  if (key === 'f6') return false;
  if (isMac) return !(event.metaKey && (key === 'k' || key === 'c' || key === 'v'));
  if (!event.ctrlKey || !event.shiftKey || event.altKey) return true;
  if (key === 'k' || key === 'v') return false;
  if (key !== 'c') return true;
  if (event.type === 'keydown' && terminal.hasSelection()) {
    event.preventDefault();
    void navigator.clipboard.writeText(terminal.getSelection());
  }
  return false;
}
