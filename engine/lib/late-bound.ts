/**
 * Stands for an object that is made later, so that what needs it can be wired before. Using it before it is bound is a defect, and throws.
 * Methods run with the real object as `this`, or its private fields would not be theirs.
 */
export interface LateBound<T extends object> {
  readonly object: T;
  bind(real: T): void;
}

export function lateBound<T extends object>(): LateBound<T> {
  let real: T | undefined;
  const object = new Proxy({} as T, {
    get(_, key) {
      if (real === undefined) throw new Error(`${String(key)} is used before it is there`);
      const value: unknown = Reflect.get(real, key, real);
      return typeof value === 'function' ? (value.bind(real) as unknown) : value;
    },
  });
  return { object, bind: (made) => (real = made) };
}
