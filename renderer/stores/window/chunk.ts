import { createElement, lazy, useState, type ComponentType } from 'react';

/** A component whose code is a chunk of its own. */
export interface Chunk<P> {
  /** Fetches it, unless it is here. */
  load(): Promise<unknown>;
  Component: ComponentType<P>;
}

/**
 * Drawn at once where the chunk is here. React's own `lazy` never does that: its first drawing shows what stands in for it, and that stays for 300 ms, so as not to
 * flicker. It is used where the chunk is still on its way.
 */
export function chunk<P extends object>(fetch: () => Promise<{ default: ComponentType<P> }>): Chunk<P> {
  let here: ComponentType<P> | undefined;
  const load = async (): Promise<{ default: ComponentType<P> }> => {
    const module = await fetch();
    here = module.default;
    return module;
  };
  const Late = lazy(load) as ComponentType<P>;
  // The same one for as long as it is drawn: another would begin anew.
  const Component = (props: P) => createElement(useState(() => ({ drawn: here ?? Late }))[0].drawn, props);
  return { load, Component };
}
