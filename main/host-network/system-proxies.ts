import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Proxies that the system keeps in its own settings, in the words of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`; empty: none. */
export interface SystemProxies {
  Http: string;
  Https: string;
  No: string;
  /** Sentences about what stands there and cannot be used. */
  troubles: string[];
}

type Run = (program: string, args: string[]) => Promise<string>;

const settingsKey = String.raw`HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings`;
const runProgram: Run = async (program, args) => (await promisify(execFile)(program, args, { timeout: 10_000, windowsHide: true })).stdout;

/**
 * What macOS (`scutil --proxy`) and Windows (the settings of this user, which browsers follow; else those of WinHTTP) say of proxies; undefined on Linux, where
 * programs are told by their environment. Never run on either system: both parsers are held to outputs written after their documentation (`testdata/`).
 * @throws Error when the system's program fails
 */
export async function readSystemProxies(platform: NodeJS.Platform, run: Run = runProgram): Promise<SystemProxies | undefined> {
  if (platform === 'darwin') return parseScutil(await run('scutil', ['--proxy']));
  if (platform !== 'win32') return undefined;
  const own = parseRegistry(await run('reg', ['query', settingsKey]));
  return own ?? parseWinhttp(await run('netsh', ['winhttp', 'show', 'proxy']));
}

/** One `Name : value` a line; a list's entries are numbered. */
export function parseScutil(output: string): SystemProxies {
  const value = (name: string): string => new RegExp(`^\\s*${name} : (.*)$`, 'm').exec(output)?.[1]?.trim() ?? '';
  const proxy = (kind: 'HTTP' | 'HTTPS'): string => {
    const [host, port] = [value(`${kind}Proxy`), value(`${kind}Port`)];
    return value(`${kind}Enable`) !== '1' || host === '' ? '' : `http://${host}${port === '' ? '' : `:${port}`}`;
  };
  const list = /ExceptionsList : <array> \{([^}]*)\}/.exec(output)?.[1] ?? '';
  const exceptions = Array.from(list.matchAll(/^\s*\d+ : (.*)$/gm), ([, entry = '']) => entry.trim());
  const troubles: string[] = [];
  if (value('ProxyAutoConfigEnable') === '1') troubles.push(byScript('System Settings, Network, Proxies'));
  if (value('SOCKSEnable') === '1' && value('HTTPEnable') !== '1' && value('HTTPSEnable') !== '1') troubles.push('the SOCKS proxy of the system is not used: pulls need an HTTP proxy');
  return { Http: proxy('HTTP'), Https: proxy('HTTPS'), No: bypass(exceptions), troubles };
}

/** `reg query` of the Internet settings. Null where this user has switched no proxy on. */
export function parseRegistry(output: string): SystemProxies | null {
  const value = (name: string): string => new RegExp(`^\\s+${name}\\s+REG_\\w+\\s+(.*)$`, 'm').exec(output)?.[1]?.trim() ?? '';
  const troubles = value('AutoConfigURL') === '' ? [] : [byScript('Settings, Network & internet, Proxy')];
  if (Number(value('ProxyEnable')) !== 1) return troubles.length === 0 ? null : { Http: '', Https: '', No: '', troubles };
  return { ...servers(value('ProxyServer'), troubles), No: bypass(value('ProxyOverride').split(';')), troubles };
}

/** `netsh winhttp show proxy`. Its words are translated, so lines are told by their form: the first with a value after a colon names the servers, the next the exceptions. */
export function parseWinhttp(output: string): SystemProxies {
  const [list = '', exceptions = ''] = Array.from(output.matchAll(/^\s+\S.*? :\s+(\S.*)$/gm), ([, value = '']) => value.trim());
  const troubles: string[] = [];
  return { ...servers(list, troubles), No: bypass(exceptions.startsWith('(') ? [] : exceptions.split(';')), troubles };
}

/** `proxy:8080` for all, or `http=proxy:80;https=proxy:443`. */
function servers(list: string, troubles: string[]): { Http: string; Https: string } {
  const entries = list.split(/[;\s]+/).filter((entry) => entry !== '');
  const of = (scheme: string): string => entries.find((entry) => entry.startsWith(`${scheme}=`))?.slice(scheme.length + 1) ?? entries.find((entry) => !entry.includes('=')) ?? '';
  const address = (text: string): string => (text === '' || /^https?:\/\//.test(text) ? text : `http://${text}`);
  const found = { Http: address(of('http')), Https: address(of('https')) };
  if (found.Http === '' && found.Https === '' && entries.some((entry) => entry.startsWith('socks='))) troubles.push('the SOCKS proxy of the system is not used: pulls need an HTTP proxy');
  return found;
}

const byScript = (where: string): string => `this computer finds its proxies by a script (${where}), which Slipway does not read: name the proxy in Settings (proxy, httpProxy)`;

/** `<local>`, names without a dot, has no counterpart and is left out: a registry's name has one. */
function bypass(entries: string[]): string {
  return entries.flatMap((entry) => translate(entry.trim()) ?? []).join(',');
}

function translate(entry: string): string | undefined {
  if (entry === '' || entry.startsWith('<')) return undefined;
  if (entry === '*') return entry;
  // `169.254/16`, `10.*`: networks whose last parts were left out.
  const network = /^(\d{1,3}(?:\.\d{1,3}){0,3})(?:\/(\d{1,2})|((?:\.\*)+))$/.exec(entry);
  if (network !== null) {
    const parts = network[1]!.split('.');
    return `${[...parts, '0', '0', '0'].slice(0, 4).join('.')}/${network[2] ?? parts.length * 8}`;
  }
  const name = entry.replace(/^\*(?=\.)/, '');
  return name.includes('*') ? undefined : name;
}
