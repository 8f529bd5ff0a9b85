import type { RestartPolicy } from '../../../contract/engine-api/container.ts';
import { InvalidParameterError } from '../../errors.ts';

/**
 * The policy as inspect shows it. Source: moby `api/types/container/hostconfig.go` ValidateRestartPolicy.
 * @throws InvalidParameterError in moby's words
 */
export function checkRestartPolicy(asked: RestartPolicy | null | undefined, autoRemove: boolean): RestartPolicy {
  const name = asked?.Name || 'no';
  const count = asked?.MaximumRetryCount ?? 0;
  if (autoRemove && name !== 'no') throw new InvalidParameterError("can't create 'AutoRemove' container with restart policy");
  if (!['no', 'always', 'unless-stopped', 'on-failure'].includes(name)) {
    throw new InvalidParameterError(`invalid restart policy: unknown policy '${name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`);
  }
  if (name === 'on-failure' && count < 0) throw new InvalidParameterError('invalid restart policy: maximum retry count cannot be negative');
  if (name !== 'on-failure' && count !== 0) {
    throw new InvalidParameterError(`invalid restart policy: maximum retry count can only be used with 'on-failure'${count < 0 ? ' and cannot be negative' : ''}`);
  }
  return { Name: name, MaximumRetryCount: count };
}
