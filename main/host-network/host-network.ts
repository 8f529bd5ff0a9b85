import { X509Certificate } from 'node:crypto';
import type { Settings } from '../../contract/ipc.ts';
import type { SystemProxies } from './system-proxies.ts';

/** What the engine in the VM is told of this computer's network; the body of `PUT /slipway/host-network`. */
export interface HostNetwork {
  Proxies: { Http: string; Https: string; No: string };
  Certificates: string[];
  Search: string[];
}

export interface NetworkSources {
  settings: Pick<Settings, 'proxy' | 'httpProxy' | 'httpsProxy' | 'noProxy' | 'certificates'>;
  environment: NodeJS.ProcessEnv;
  /** What the system keeps in its own settings, on macOS and Windows. */
  system?: SystemProxies | undefined;
  /** Of /etc/resolv.conf; undefined where there is none. */
  resolvConf: string | undefined;
  /** What a file of certificates holds. @throws Error */
  readFile(path: string): Promise<string>;
}

/** This computer as QEMU's network shows it to the VM. */
const hostSeenFromVm = '10.0.2.2';
const mostDomains = 32;

/** `troubles` are sentences about what could not be taken over. */
export async function hostNetwork({ settings, environment, system, resolvConf, readFile }: NetworkSources): Promise<{ network: HostNetwork; troubles: string[] }> {
  const troubles: string[] = [];
  const certificates: string[] = [];
  for (const path of settings.certificates ?? []) {
    try {
      certificates.push(...certificatesIn(await readFile(path)));
    } catch (error) {
      troubles.push(`the certificates in ${path} are not used: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { network: { Proxies: proxies(settings, environment, system, troubles), Certificates: [...new Set(certificates)], Search: searchDomains(resolvConf ?? '') }, troubles };
}

/** As a browser takes them: the settings where they name some, else what programs of this session are given, else what the system has. */
function proxies(settings: NetworkSources['settings'], environment: NodeJS.ProcessEnv, system: SystemProxies | undefined, troubles: string[]): HostNetwork['Proxies'] {
  const of = (name: string): string => environment[name.toLowerCase()] || environment[name] || '';
  switch (settings.proxy ?? 'system') {
    case 'none':
      return { Http: '', Https: '', No: '' };
    case 'manual':
      return { Http: seenFromVm(settings.httpProxy ?? ''), Https: seenFromVm(settings.httpsProxy || settings.httpProxy || ''), No: settings.noProxy ?? '' };
    case 'system': {
      if (system !== undefined && of('HTTP_PROXY') === '' && of('HTTPS_PROXY') === '') {
        troubles.push(...system.troubles);
        return { Http: seenFromVm(system.Http), Https: seenFromVm(system.Https), No: system.No };
      }
      const usable = (name: string): string => {
        const address = of(name);
        if (address === '' || isProxy(address)) return seenFromVm(address);
        // Not the address: it may hold a password.
        troubles.push(`the proxy in ${name} is not used: it is no http or https address`);
        return '';
      };
      return { Http: usable('HTTP_PROXY'), Https: usable('HTTPS_PROXY'), No: of('NO_PROXY') };
    }
  }
}

/** A proxy that listens on this computer alone is at another address for the VM, which gets there if `hostAccess` is on. */
function seenFromVm(address: string): string {
  const url = URL.parse(address);
  if (url === null || !/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname)) return address;
  url.hostname = hostSeenFromVm;
  return url.href;
}

export function isProxy(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.pathname === '/' && url.search === '' && url.hash === '';
}

/** Source: resolv.conf(5); of several `search` lines the last one counts, and `domain` is an older form of it. */
function searchDomains(text: string): string[] {
  const line = text.split('\n').findLast((candidate) => /^\s*(?:search|domain)\s/.test(candidate));
  const domains = line?.trim().split(/\s+/).slice(1) ?? [];
  return domains.filter((name) => /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?$/.test(name) && !name.includes('..')).slice(0, mostDomains);
}

/** The PEM blocks of a file, which may hold text around them. @throws Error when there is none, or one is no certificate */
export function certificatesIn(text: string): string[] {
  const blocks = text.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error('there is no PEM certificate in it');
  for (const block of blocks) new X509Certificate(block);
  return blocks;
}
