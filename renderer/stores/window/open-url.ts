import type { MouseEvent } from 'react';
import { asFailure, request } from '../../api.ts';
import { sentences } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { useSettings } from '../settings.ts';
import { showToast } from './toasts.ts';

/** Opens an http(s) address in the person's browser: through the shell in Electron, as a new tab where the window is one itself. */
export function openUrl(url: string): void {
  if (useSettings.getState().facts?.shell !== 'electron') {
    window.open(url, '_blank', 'noopener,noreferrer');
    return;
  }
  request('app/open-url', { url }).catch((error: unknown) => {
    const failure = asFailure(error);
    showToast({ kind: 'trouble', title: t('actions:notOpened', { url }), detail: sentences(failure.message, failure.hint) });
  });
}

/** For anchors: the browser's own ways (new tab, copy address) stay, Electron's window never navigates. */
export function followLink(event: MouseEvent<HTMLAnchorElement>): void {
  event.stopPropagation();
  if (useSettings.getState().facts?.shell !== 'electron') return;
  event.preventDefault();
  openUrl(event.currentTarget.href);
}
