import { rename, writeFile } from 'node:fs/promises';
import { InvalidParameterError } from '../errors.ts';
import { setProxies, trustAlso } from '../registry/outgoing.ts';

/** In the VM /etc/resolv.conf leads here; its one server is QEMU's, which asks whomever the host asks. */
const resolverFile = '/run/slipway/resolv.conf';
const nameserver = '10.0.2.3';
const domain = /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/;

/**
 * Takes over what the host knows of its network: proxies, authorities to trust (PEM) and search domains; what is left out is none. What runs keeps
 * what it has; pulls and containers that begin after this have the new.
 * @throws InvalidParameterError
 */
export async function takeHostNetwork(network: { Proxies?: { Http?: string; Https?: string; No?: string }; Certificates?: string[]; Search?: string[] }, file = resolverFile): Promise<void> {
  const { Proxies: { Http: http = '', Https: https = '', No: no = '' } = {}, Certificates: certificates = [], Search: search = [] } = network;
  const wrong = search.find((name) => !domain.test(name));
  if (wrong !== undefined) throw new InvalidParameterError(`Search: ${JSON.stringify(wrong)} is no domain`);
  trustAlso(certificates);
  setProxies({ http, https, no });
  // A reader finds the old file or the new one.
  await writeFile(`${file}.new`, `${search.length === 0 ? '' : `search ${search.join(' ')}\n`}nameserver ${nameserver}\n`);
  await rename(`${file}.new`, file);
}
