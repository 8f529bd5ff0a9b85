import { Failure } from '../../failure.ts';

/** Takes any value and answers it typed. @throws Failure `invalid` that says what `name` must be. */
export type Check<T> = (value: unknown, name: string) => T;

const invalid = (name: string, must: string) => new Failure('invalid', `${name} must be ${must}.`);

/** For channels without parameters; JSON has no undefined, so null counts. */
export const nothing: Check<undefined> = (value, name) => {
  if (value != null) throw invalid(name, 'left out');
  return undefined;
};

export const boolean: Check<boolean> = (value, name) => {
  if (typeof value !== 'boolean') throw invalid(name, 'true or false');
  return value;
};

/** A string of 1 to `longest` characters without NUL. */
export const text =
  (longest: number): Check<string> =>
  (value, name) => {
    if (typeof value !== 'string' || value === '' || value.length > longest || value.includes('\0')) throw invalid(name, `a text of 1 to ${longest} characters`);
    return value;
  };

export const matching =
  (pattern: RegExp, must: string): Check<string> =>
  (value, name) => {
    if (typeof value !== 'string' || !pattern.test(value)) throw invalid(name, must);
    return value;
  };

export const integer =
  (least: number, most: number): Check<number> =>
  (value, name) => {
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) throw invalid(name, `a whole number from ${least} to ${most}`);
    return value as number;
  };

export const oneOf =
  <const T extends string>(...allowed: T[]): Check<T> =>
  (value, name) => {
    if (!allowed.includes(value as T)) throw invalid(name, `one of ${allowed.join(', ')}`);
    return value as T;
  };

export const either =
  <A, B>(first: Check<A>, second: Check<B>): Check<A | B> =>
  (value, name) => {
    try {
      return first(value, name);
    } catch {
      return second(value, name);
    }
  };

export const optional =
  <T>(check: Check<T>): Check<T | undefined> =>
  (value, name) =>
    value == null ? undefined : check(value, name);

export const listOf =
  <T>(check: Check<T>, longest: number): Check<T[]> =>
  (value, name) => {
    if (!Array.isArray(value) || value.length > longest) throw invalid(name, `a list of up to ${longest}`);
    return value.map((item, index) => check(item, `${name}[${index}]`));
  };

/** A plain object whose fields are left to whoever reads them. */
export const record: Check<Record<string, unknown>> = (value, name) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) throw invalid(name, 'an object');
  return value as Record<string, unknown>;
};

export const bytes: Check<Uint8Array> = (value, name) => {
  if (!(value instanceof Uint8Array)) throw invalid(name, 'bytes');
  return value;
};

type Checks<T> = { [Name in keyof T]-?: Check<T[Name]> };

/** An object with these fields and no others: a misspelt field is a mistake that should be heard of. */
export const object =
  <T extends object>(checks: Checks<T>): Check<T> =>
  (value, name) => {
    const fields = record(value, name);
    const checked: Partial<T> = {};
    for (const field of Object.keys(fields)) if (!Object.hasOwn(checks, field)) throw new Failure('invalid', `${name} has no field ${field}.`);
    for (const field of Object.keys(checks) as (keyof T & string)[]) {
      const result = checks[field](fields[field], `${name}.${field}`);
      if (result !== undefined) checked[field] = result;
    }
    return checked as T;
  };
