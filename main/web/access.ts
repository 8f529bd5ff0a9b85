import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 bits, spelled for a URL. */
const newSecret = () => randomBytes(32).toString('base64url');
/** Comparing digests takes the same time whatever the lengths, and what is kept cannot be used when it leaks. */
const digest = (secret: string) => createHash('sha256').update(secret).digest();

/** More tabs than anyone opens; the oldest secret goes first. */
const maxSessions = 64;

/**
 * Who may use the web shell. A one-time token is shown to the person (terminal, redirect file) and exchanged once for a
 * session secret, which the page keeps for its origin. Both live in memory only and end with the process.
 */
export class Access {
  #token: Buffer | undefined;
  readonly #sessions: Buffer[] = [];

  /** A fresh one-time token; one that was issued before and not used is void from now on. */
  issueToken(): string {
    const token = newSecret();
    this.#token = digest(token);
    return token;
  }

  /** The session secret for a token, once; undefined for any other token. */
  exchange(token: string): string | undefined {
    if (this.#token === undefined || !timingSafeEqual(this.#token, digest(token))) return undefined;
    this.#token = undefined;
    const secret = newSecret();
    this.#sessions.push(digest(secret));
    if (this.#sessions.length > maxSessions) this.#sessions.shift();
    return secret;
  }

  isSession(secret: string): boolean {
    const asked = digest(secret);
    let found = false;
    // Every session is compared, so that the time does not tell which one it was.
    for (const session of this.#sessions) if (timingSafeEqual(session, asked)) found = true;
    return found;
  }
}
