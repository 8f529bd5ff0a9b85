import type { ExecSpec } from '../containers/collaborators.ts';
import { InvalidParameterError } from '../errors.ts';
import { mergeEnvironment } from './oci/environment.ts';
import type { HostFacts } from './oci/host-facts.ts';
import type { BundleFacts } from './bundle.ts';
import type { OciProcess } from './oci/oci-config.ts';
import { toCapabilitySets, workingDirectory } from './oci/oci-spec.ts';
import { readAccountFiles, resolveUser } from './oci/user.ts';

/**
 * The process of an exec: as the container's own where nothing else is said. Source: moby `daemon/exec_linux.go`.
 * @throws InvalidParameterError
 */
export function execProcess(spec: ExecSpec, container: BundleFacts, facts: HostFacts): OciProcess {
  if (spec.args.length === 0 || spec.args[0] === '') throw new InvalidParameterError('No exec command specified');
  const init = container.process;
  const user = spec.user === '' ? undefined : resolveUser(spec.user, [], readAccountFiles(container.root.path));
  const inherited = spec.tty ? mergeEnvironment(['TERM=xterm'], init.env) : init.env;
  // Another user has another home, unless somebody chose one.
  const home = user === undefined ? [] : [`HOME=${user.home}`];
  const capabilities = spec.privileged ? facts.capabilities : (init.capabilities?.bounding ?? []);
  const { uid, gid, additionalGids } = user ?? init.user;
  const process: OciProcess = {
    user: { uid, gid, additionalGids },
    args: spec.args,
    env: mergeEnvironment(mergeEnvironment(inherited, home), spec.env),
    cwd: spec.cwd === '' ? init.cwd : workingDirectory(spec.cwd),
    capabilities: toCapabilitySets(capabilities, uid === 0),
    oomScoreAdj: init.oomScoreAdj,
  };
  if (init.rlimits !== undefined) process.rlimits = init.rlimits;
  if (init.noNewPrivileges === true) process.noNewPrivileges = true;
  if (spec.tty) {
    process.terminal = true;
    const [height, width] = spec.consoleSize ?? [0, 0];
    if (height > 0 && width > 0) process.consoleSize = { height, width };
  }
  return process;
}
