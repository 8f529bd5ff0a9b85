import { expect, it } from 'vitest';
import { lateBound } from './late-bound.ts';

class Counter {
  #count = 0;
  next(): number {
    return ++this.#count;
  }
}

it('is the real object once there is one, private fields included', () => {
  const late = lateBound<Counter>();
  const { object } = late;
  expect(() => object.next()).toThrow('next is used before it is there');
  late.bind(new Counter());
  expect([object.next(), object.next()]).toEqual([1, 2]);
});
