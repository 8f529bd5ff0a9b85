import type { HandlersOf, RequestHandlers, Services } from './handlers.ts';

export function vmHandlers({ vm, engine }: Services): HandlersOf<'vm'> & Pick<RequestHandlers, 'engine/info'> {
  return {
    'vm/state': () => vm.state,
    // Answers at once: the way there, and a failure on it, are told by the `vm/state` push.
    'vm/start': (options): undefined => void vm.start(options).catch(() => undefined),
    'vm/stop': async () => {
      await vm.stop();
      return undefined;
    },
    'vm/suspend': async () => {
      await vm.suspend();
      return undefined;
    },
    'vm/recover': async ({ action }) => {
      await vm.recover(action);
      return undefined;
    },
    'engine/info': () => engine.info(),
  };
}
