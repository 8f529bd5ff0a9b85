import type { ContainerConfig, HostConfig } from '../../../contract/engine-api/container.ts';
import { InvalidParameterError } from '../../errors.ts';

/** Of an IPC namespace. Source: runc `libcontainer/configs/validate`, kernel `ipc/ipc_sysctl.c`. */
const ipcSysctls = new Set(['kernel.msgmax', 'kernel.msgmnb', 'kernel.msgmni', 'kernel.sem', 'kernel.shmall', 'kernel.shmmax', 'kernel.shmmni', 'kernel.shm_rmid_forced']);

/**
 * The kernel settings of a container's namespaces: what was asked for over moby's defaults (privileged ports and ping are for everybody,
 * as far as the network is the container's own).
 * @param netns null for the host's
 * @throws InvalidParameterError for a setting that is not the container's own: it would change the machine
 */
export function resolveSysctls(config: ContainerConfig, hostConfig: HostConfig, netns: string | null): Record<string, string> {
  const asked = hostConfig.Sysctls ?? {};
  for (const name of Object.keys(asked)) checkOwn(name.replaceAll('/', '.'), hostConfig, netns);
  const shared = hostConfig.NetworkMode?.startsWith('container:') === true;
  return {
    ...(netns === null || shared ? {} : { 'net.ipv4.ip_unprivileged_port_start': '0', 'net.ipv4.ping_group_range': '0 2147483647' }),
    // setdomainname(2) has no field of its own.
    ...(config.Domainname && hostConfig.UTSMode !== 'host' ? { 'kernel.domainname': config.Domainname } : {}),
    ...asked,
  };
}

function checkOwn(name: string, hostConfig: HostConfig, netns: string | null): void {
  if (name.startsWith('net.')) {
    if (netns === null) throw new InvalidParameterError(`sysctl '${name}' not allowed in host network namespace`);
    return;
  }
  if (ipcSysctls.has(name) || name.startsWith('fs.mqueue.')) {
    if (hostConfig.IpcMode === 'host') throw new InvalidParameterError(`sysctl '${name}' is not allowed in the hosts ipc namespace`);
    return;
  }
  if (name === 'kernel.domainname') {
    if (hostConfig.UTSMode === 'host') throw new InvalidParameterError(`sysctl '${name}' is not allowed in the hosts UTS namespace`);
    return;
  }
  if (name === 'kernel.hostname') throw new InvalidParameterError(`sysctl '${name}' conflicts with the container's own host name: use Hostname`);
  throw new InvalidParameterError(`sysctl '${name}' is not in a separate kernel namespace`);
}
