import { InvalidParameterError } from '../../errors.ts';

/** Ctrl-P, Ctrl-Q. */
const defaultKeys = Buffer.from([16, 17]);

/**
 * `ctrl-p,ctrl-q`: single characters and `ctrl-` with a letter or one of `@[\]^_`, by commas. Empty means the default.
 * Source: moby/term ascii.go.
 * @param kind what moby calls them in this place
 * @throws InvalidParameterError
 */
export function parseDetachKeys(text: string, kind: 'detach' | 'escape' = 'detach'): Buffer {
  if (text === '') return defaultKeys;
  const bytes = text.split(',').map((key) => {
    if (key.length === 1) return key.charCodeAt(0);
    if (key === 'DEL') return 127;
    const control = /^ctrl-([a-zA-Z@[\\\]^_])$/.exec(key);
    if (control === null) throw new InvalidParameterError(`Invalid ${kind} keys (${text}) provided`);
    return control[1]!.toUpperCase().charCodeAt(0) - 64;
  });
  return Buffer.from(bytes);
}

/** Looks for the detach keys in what a client types. A beginning of them is held back until the next key decides. */
export class DetachKeyFilter {
  readonly #keys: Buffer;
  #matched = 0;

  constructor(keys: Buffer) {
    this.#keys = keys;
  }

  /** @returns the bytes to pass on; `detach` when the whole sequence has come: what follows it is nobody's. */
  push(chunk: Buffer): { bytes: Buffer; detach: boolean } {
    const passed: number[] = [];
    for (const byte of chunk) {
      if (byte === this.#keys[this.#matched]) {
        this.#matched += 1;
        if (this.#matched === this.#keys.length) return { bytes: Buffer.from(passed), detach: true };
        continue;
      }
      for (let index = 0; index < this.#matched; index += 1) passed.push(this.#keys[index]!);
      this.#matched = byte === this.#keys[0] ? 1 : 0;
      if (this.#matched === 0) passed.push(byte);
    }
    return { bytes: Buffer.from(passed), detach: false };
  }
}
