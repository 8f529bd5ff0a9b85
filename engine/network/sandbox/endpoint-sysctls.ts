import { InvalidParameterError } from '../../errors.ts';

/** What the option is called in an endpoint's `DriverOpts`. */
export const sysctlsOption = 'com.docker.network.endpoint.sysctls';

/**
 * Settings of one interface, by their path below `/proc/sys`: `net.ipv4.conf.IFNAME.log_martians=1,net.ipv6.neigh.IFNAME.…`,
 * where `IFNAME` stands for the interface, whatever it will be called. Source: moby libnetwork/netlabel EndpointSysctls.
 * @throws InvalidParameterError
 */
export function endpointSysctls(text: string, interfaceName: string): { path: string; value: string }[] {
  return text.split(',').map((setting) => {
    const match = /^net\.(ipv4|ipv6|mpls)\.(conf|neigh)\.IFNAME\.([a-z0-9_]+)=([^/\n\0]*)$/.exec(setting.trim());
    if (match === null) throw new InvalidParameterError(`invalid endpoint sysctl ${JSON.stringify(setting)} in ${sysctlsOption}: expected net.ipv4.conf.IFNAME.NAME=VALUE`);
    const [, family, kind, name, value] = match;
    return { path: `net/${family}/${kind}/${interfaceName}/${name}`, value: value! };
  });
}
