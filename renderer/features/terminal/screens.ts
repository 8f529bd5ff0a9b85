import { create } from 'zustand';
import { closeSession, useTerminals, type TerminalSession } from '../../stores/containers/terminals.ts';
import { createTerminalScreen, type Size, type TerminalScreen } from './terminal-screen.ts';
import { t } from '../../i18n/i18n.ts';

/** The size of each session's screen, for the foot. */
export const useSizes = create<{ byKey: Record<string, Size> }>(() => ({ byKey: {} }));

/** The session whose screen is searched in. */
export const useFinding = create<{ key: string | undefined }>(() => ({ key: undefined }));

const screens = new Map<string, TerminalScreen>();

/** The screen of a session, made at first use and disposed with the session. */
export function screenOf({ key, containerName }: TerminalSession): TerminalScreen {
  const known = screens.get(key);
  if (known !== undefined) return known;
  const screen = createTerminalScreen(key, t('terminal:screen', { name: containerName }), (size) => useSizes.setState(({ byKey }) => ({ byKey: { ...byKey, [key]: size } })), () => useFinding.setState({ key }));
  screens.set(key, screen);
  return screen;
}

export function endSession(key: string): void {
  closeSession(key);
}

useTerminals.subscribe(({ sessions }) => {
  for (const [key, screen] of screens) {
    if (sessions.some((session) => session.key === key)) continue;
    screens.delete(key);
    screen.dispose();
  }
});
