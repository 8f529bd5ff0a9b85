import { InvalidParameterError } from '../../errors.ts';

/** Reads query parameters as moby does (daemon/server/httputils/form.go). */
export class Query {
  readonly #values: URLSearchParams;

  constructor(values: URLSearchParams) {
    this.#values = values;
  }

  /** Empty when absent. */
  text(name: string): string {
    return this.#values.get(name) ?? '';
  }

  all(name: string): string[] {
    return this.#values.getAll(name);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Everything but nothing, `0`, `no`, `false` and `none` is true. */
  flag(name: string, absent = false): boolean {
    if (!this.#values.has(name)) return absent;
    return !['', '0', 'no', 'false', 'none'].includes(this.text(name).trim().toLowerCase());
  }

  /** Go's strconv.ParseBool; false when absent or empty. @throws InvalidParameterError `invalid value for verbose: xx: …` */
  goBoolean(name: string): boolean {
    const text = this.text(name);
    if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
    if (['', '0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
    throw new InvalidParameterError(`invalid value for ${name}: ${text}: strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
  }

  /** undefined when absent or empty. @throws InvalidParameterError in Go's words. */
  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text === '') return undefined;
    if (!/^[+-]?\d+$/.test(text)) throw new InvalidParameterError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
    const value = Number(text);
    if (!Number.isSafeInteger(value)) throw new InvalidParameterError(`strconv.Atoi: parsing ${JSON.stringify(text)}: value out of range`);
    return value;
  }

  /** A required size. @throws InvalidParameterError as moby 28: `invalid resize height "x": invalid syntax` */
  uint32(name: string, meaning: string): number {
    const text = this.text(name);
    const prefix = `invalid ${meaning} ${JSON.stringify(text)}`;
    if (!/^-?\d+$/.test(text)) throw new InvalidParameterError(`${prefix}: invalid syntax`);
    const value = Number(text);
    if (value < 0 || value > 0xffffffff) throw new InvalidParameterError(`${prefix}: value out of range`);
    return value;
  }
}
