/**
 * The web shell's session. The page is opened once with a one-time token in the fragment (a fragment is never sent to a
 * server or written to its log), which is exchanged for a secret that stays in this origin's storage. No cookies: they
 * are shared by all ports of a host, and containers publish pages on other ports.
 */
const storageKey = 'slipway.session';

export type SessionClaim = { status: 'ready'; secret: string } | { status: 'none' } | { status: 'refused' } | { status: 'unreachable' };

/** Takes the token out of the address at once, so that it is neither bookmarked nor seen over a shoulder. */
export function takeToken(): string | undefined {
  const match = /^#token=([^&]+)/.exec(location.hash);
  if (match?.[1] === undefined) return undefined;
  history.replaceState(null, '', `${location.pathname}${location.search}`);
  return decodeURIComponent(match[1]);
}

/** Exchanges a token for the secret, or answers with the one that this origin already has. */
export async function claimSession(token: string | undefined): Promise<SessionClaim> {
  if (token !== undefined) {
    let answer: Response;
    try {
      answer = await fetch('./session', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
        cache: 'no-store',
      });
    } catch {
      return { status: 'unreachable' };
    }
    if (answer.ok) {
      const { secret } = (await answer.json()) as { secret: string };
      localStorage.setItem(storageKey, secret);
      return { status: 'ready', secret };
    }
    // A token works once. A page that was reloaded from history shows it again, and then the kept secret is the right one.
    if (storedSecret() === undefined) return { status: 'refused' };
  }
  const secret = storedSecret();
  return secret === undefined ? { status: 'none' } : { status: 'ready', secret };
}

export function storedSecret(): string | undefined {
  return localStorage.getItem(storageKey) ?? undefined;
}

export function forgetSecret(secret: string): void {
  if (storedSecret() === secret) localStorage.removeItem(storageKey);
}

/** Another tab was opened with a fresh token: its secret is this tab's way back. */
export function onNewSecret(listener: () => void): void {
  addEventListener('storage', (event) => {
    if (event.key === storageKey && event.newValue !== null) listener();
  });
}
