import type { HandlersOf, Services } from './handlers.ts';

export function vmHandlers({ vm, engine }: Services): HandlersOf<'vm' | 'engine'> {
  // Answers at once: the way there, and a failure on it, are told by the `vm/state` push.
  const start = (options: { acceleration?: 'auto' | 'none' }): undefined => void vm.start(options).catch(() => undefined);
  return {
    'vm/state': () => vm.state,
    'vm/start': start,
    'vm/stop': async () => {
      await vm.stop();
      return undefined;
    },
    'vm/recover': async ({ action }) => {
      await vm.recover(action);
      return start({});
    },
    'engine/info': () => engine.info(),
  };
}
