import { create } from 'zustand';
import { onPush, request } from '../../api.ts';
import { useSettings } from '../settings.ts';
import { formatRoute, go, parseRoute, type Route } from './navigation.ts';

/**
 * `allowed`: the system shows notifications; `ask`: this browser wants to be asked first; `refused`: it was, and shows none until its own settings
 * say otherwise; `none`: it has no notifications.
 */
export type NoticePermission = 'allowed' | 'ask' | 'refused' | 'none';

const permissions = { granted: 'allowed', default: 'ask', denied: 'refused' } as const;

export const useNotices = create<{ permission: NoticePermission }>(() => ({ permission: permissionNow() }));

function permissionNow(): NoticePermission {
  // In Electron `main` shows them; the page itself may not.
  if (globalThis.window?.slipway !== undefined) return 'allowed';
  return 'Notification' in globalThis ? permissions[Notification.permission] : 'none';
}

/** Lets the browser ask. Only from a press of a button: at a start nobody knows yet what they are for. */
export async function askForNotices(): Promise<void> {
  await Notification.requestPermission();
  useNotices.setState({ permission: permissionNow() });
}

/** Tells by the system what the person does not look at; while the window has the focus its own toasts are enough. */
export function notice({ title, body, route }: { title: string; body: string; route: Route }): void {
  if (document.hasFocus() || useSettings.getState().settings?.notifications === false) return;
  const place = formatRoute(route);
  if (window.slipway !== undefined) return void request('app/notify', { title, body: body.slice(0, 500), place }).catch(() => undefined);
  if (permissionNow() !== 'allowed') return;
  const shown = new Notification(title, { body, icon: '/mark.svg' });
  shown.addEventListener('click', () => {
    window.focus();
    go(route);
    shown.close();
  });
}

/** A notification or the tray leads to a page. */
export function startNotices(): void {
  onPush('app/place', ({ place }) => go(parseRoute(place)));
}
