import type { ContainerWaitResponse } from '../../../contract/engine-api/container.ts';
import { InvalidParameterError } from '../../errors.ts';
import { isRunning } from '../container.ts';
import type { ContainerDependencies } from '../dependencies.ts';

export type WaitCondition = 'not-running' | 'next-exit' | 'removed';

/** @throws InvalidParameterError; empty means `not-running` */
export function parseWaitCondition(text: string): WaitCondition {
  if (text === '') return 'not-running';
  if (text === 'not-running' || text === 'next-exit' || text === 'removed') return text;
  throw new InvalidParameterError(`invalid condition: ${JSON.stringify(text)}`);
}

/**
 * `docker wait`. The wait counts from this call on, before the returned promise is awaited: a client starts the
 * container as soon as it knows that its wait is in place. Rejects with the signal's reason.
 */
export function waitForContainer(
  needs: Pick<ContainerDependencies, 'store'>,
  reference: string,
  condition: WaitCondition,
  signal: AbortSignal,
): Promise<ContainerWaitResponse> {
  const container = needs.store.resolve(reference);
  const { state } = container;
  let exitCode = 'exitCode' in state ? state.exitCode : 0;
  if (condition === 'not-running' && !isRunning(state) && state.status !== 'restarting') return Promise.resolve({ StatusCode: exitCode });
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      unsubscribe();
      signal.removeEventListener('abort', aborted);
      finish();
    };
    const aborted = () => settle(() => reject(signal.reason as Error));
    const unsubscribe = container.onNews((news) => {
      if (news.kind === 'exit') exitCode = news.exitCode;
      // As with moby, the start's own answer says that it failed: the docker CLI would say it twice.
      if (news.kind === 'exit' && (condition === 'removed' || news.neverRan === true)) return;
      // A container that goes without another exit will not have a next one: the wait ends too.
      const message = news.error ?? '';
      settle(() => resolve(message === '' ? { StatusCode: exitCode } : { StatusCode: exitCode, Error: { Message: message } }));
    });
    signal.addEventListener('abort', aborted, { once: true });
  });
}
