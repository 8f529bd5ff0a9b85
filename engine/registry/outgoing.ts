import { X509Certificate } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { InvalidParameterError } from '../errors.ts';

/** How the engine's own requests leave: addresses of proxies (`http://user:password@host:port`), and what is reached without them. Empty: none. */
export interface Proxies {
  http: string;
  https: string;
  no: string;
}

/** One for the process, as the environment is: dockerd reads the same variables. In a VM the host gives them, and gives others when they change. */
let proxies: Proxies = proxiesOf(process.env);

export const currentProxies = (): Proxies => proxies;

/** Holds from the next client of a registry on. @throws InvalidParameterError */
export function setProxies(wanted: Proxies): void {
  for (const address of [wanted.http, wanted.https]) {
    if (address !== '' && !/^https?:$/.test(URL.parse(address)?.protocol ?? '')) throw new InvalidParameterError('a proxy is to be an http or https address');
  }
  proxies = wanted;
}

/** Small letters count more, as in Go's `httpproxy.FromEnvironment`. */
export function proxiesOf(environment: NodeJS.ProcessEnv): Proxies {
  const of = (name: string): string => environment[name.toLowerCase()] || environment[name] || '';
  return { http: of('HTTP_PROXY'), https: of('HTTPS_PROXY'), no: of('NO_PROXY') };
}

/** What Node's agents take. This machine itself is never reached by way of a proxy, as in Go; Node writes networks as ranges. */
export function proxyEnvironment({ http, https, no }: Proxies = proxies): Record<string, string> | undefined {
  if (http === '' && https === '') return undefined;
  const exceptions = no.split(',').map((entry) => entry.trim()).filter((entry) => entry !== '');
  return {
    ...(http === '' ? {} : { HTTP_PROXY: http }),
    ...(https === '' ? {} : { HTTPS_PROXY: https }),
    NO_PROXY: [...exceptions.map(rangeOf), 'localhost', '127.0.0.1-127.255.255.255', '[::1]', '::1'].join(','),
  };
}

/** `10.0.0.0/8` as `10.0.0.0-10.255.255.255`; anything else as it is. */
function rangeOf(entry: string): string {
  const [address = '', prefix] = entry.split('/');
  if (prefix === undefined || !isIPv4(address) || !/^\d{1,2}$/.test(prefix) || Number(prefix) > 32) return entry;
  const size = 2 ** (32 - Number(prefix));
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = Math.floor(number / size) * size;
  return `${dotted(first)}-${dotted(first + size - 1)}`;
}

const dotted = (number: number): string => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');

/** As moby's `docker info` tells a proxy: without the account. Source: moby `daemon/info.go`, maskCredentials. */
export function maskedProxy(address: string): string {
  const url = URL.parse(address);
  if (url === null || (url.username === '' && url.password === '')) return address;
  url.username = 'xxxxx';
  url.password = 'xxxxx';
  return url.href;
}

let ownCertificates: string[] | undefined;

/** Certificates of authorities that are trusted besides those that Node knows, in place of what was given before. All or nothing. @throws InvalidParameterError */
export function trustAlso(certificates: readonly string[]): void {
  for (const text of certificates) {
    try {
      new X509Certificate(text);
    } catch (error) {
      throw new InvalidParameterError('a certificate is to be one PEM block of an X.509 certificate', { cause: error });
    }
  }
  if (certificates.length === 0 && ownCertificates === undefined) return;
  ownCertificates ??= getCACertificates('default');
  setDefaultCACertificates([...ownCertificates, ...certificates]);
}
