import type { Notification } from 'electron';

export interface Notice {
  title: string;
  body: string;
}

/** Notifications of the system. One that is not held is taken by the garbage collector, and its click is never heard. */
export function notifier(parts: { Notification: typeof Notification; show(): void }): (notice: Notice, onClick?: () => void) => void {
  const shown = new Set<Notification>();
  return ({ title, body }, onClick) => {
    if (!parts.Notification.isSupported()) return;
    const notification = new parts.Notification({ title, body });
    shown.add(notification);
    notification.on('click', () => {
      shown.delete(notification);
      parts.show();
      onClick?.();
    });
    notification.on('close', () => shown.delete(notification));
    notification.show();
  };
}
