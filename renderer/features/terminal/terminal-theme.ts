import type { ITheme } from '@xterm/xterm';

/** The tokens as xterm wants them: read from the page, so that the theme is written in one place. */
export function terminalTheme(): ITheme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const isLight = document.documentElement.dataset.theme === 'light';
  return {
    background: token('bg-1'),
    foreground: token('tx-1'),
    cursor: token('tx-1'),
    cursorAccent: token('bg-1'),
    selectionBackground: token('ac-tint-2'),
    selectionInactiveBackground: token('bg-4'),
    scrollbarSliderBackground: token('line-2'),
    scrollbarSliderHoverBackground: token('line-3'),
    scrollbarSliderActiveBackground: token('line-3'),
    black: isLight ? token('tx-1') : token('bg-4'),
    red: token('t-red'),
    green: token('t-grn'),
    yellow: token('t-yel'),
    blue: token('t-blu'),
    magenta: token('t-mag'),
    cyan: token('t-cyn'),
    white: isLight ? token('tx-3') : token('tx-2'),
    brightBlack: token('tx-3'),
    brightRed: token('t-red'),
    brightGreen: token('t-grn'),
    brightYellow: token('t-yel'),
    brightBlue: token('t-blu'),
    brightMagenta: token('t-mag'),
    brightCyan: token('t-cyn'),
    brightWhite: token('tx-1'),
  };
}
