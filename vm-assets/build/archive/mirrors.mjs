import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where Debian packages are fetched from: `{main, security, from}`, base URLs without a trailing slash. In this order: the environment
 * (SLIPWAY_DEBIAN_MIRROR, SLIPWAY_DEBIAN_SECURITY_MIRROR), the apt sources of a Debian host, the default of an installed debootstrap.
 * No host name stands in this project: a mirror is the choice of the machine that builds.
 * @throws Error that says how to name one.
 */
export function findMirrors({ env = process.env, root = '/' } = {}) {
  const found = fromEnvironment(env) ?? fromAptSources(root) ?? fromDebootstrap(root);
  if (found === null) {
    throw new Error(
      'No Debian mirror is known: set SLIPWAY_DEBIAN_MIRROR to the URL of one (the folder that holds dists/ and pool/), or install debootstrap, whose default is then used.',
    );
  }
  return { main: found.main, security: env.SLIPWAY_DEBIAN_SECURITY_MIRROR ? trim(env.SLIPWAY_DEBIAN_SECURITY_MIRROR) : (found.security ?? `${found.main}-security`), from: found.from };
}

function fromEnvironment(env) {
  return env.SLIPWAY_DEBIAN_MIRROR ? { main: trim(env.SLIPWAY_DEBIAN_MIRROR), from: 'SLIPWAY_DEBIAN_MIRROR' } : null;
}

/** Only on Debian itself: the sources of a derivative name another archive. */
function fromAptSources(root) {
  const osRelease = join(root, 'etc/os-release');
  if (!existsSync(osRelease) || !/^ID="?debian"?$/m.test(readFileSync(osRelease, 'utf8'))) return null;
  const folder = join(root, 'etc/apt/sources.list.d');
  const files = [join(root, 'etc/apt/sources.list'), ...(existsSync(folder) ? readdirSync(folder).sort().map((name) => join(folder, name)) : [])];
  const entries = files
    .filter((file) => existsSync(file))
    .flatMap((file) => (file.endsWith('.sources') ? parseDeb822 : parseOneLine)(readFileSync(file, 'utf8')))
    .filter((entry) => /^https?:/.test(entry.uri) && entry.components.includes('main'));
  const suiteOf = /^(bullseye|bookworm|trixie|forky|sid|stable|oldstable|testing|unstable)$/;
  const main = entries.find((entry) => suiteOf.test(entry.suite));
  if (main === undefined) return null;
  const security = entries.find((entry) => entry.suite.endsWith('-security'));
  return { main: main.uri, security: security?.uri, from: 'the apt sources of this machine' };
}

/** sources.list(5), deb822 style: stanzas of `Field: value`, continued by leading blanks; several URIs and suites may stand in one. */
export function parseDeb822(text) {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = {};
    let last = '';
    for (const line of stanza.split('\n')) {
      if (line.startsWith('#')) continue;
      const field = /^([A-Za-z-]+):\s*(.*)$/.exec(line);
      if (field) fields[(last = field[1].toLowerCase())] = field[2];
      else if (/^\s/.test(line) && last !== '') fields[last] += ` ${line.trim()}`;
    }
    const words = (name) => (fields[name] ?? '').split(/\s+/).filter(Boolean);
    if (!words('types').includes('deb') || fields.enabled === 'no') return [];
    return words('uris').flatMap((uri) => words('suites').map((suite) => ({ uri: trim(uri), suite, components: words('components') })));
  });
}

/** sources.list(5), one-line style: `deb [options] URI suite component …`. */
export function parseOneLine(text) {
  return text.split('\n').flatMap((line) => {
    const match = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line.trim());
    return match ? [{ uri: trim(match[1]), suite: match[2], components: match[3].split(/\s+/).filter(Boolean) }] : [];
  });
}

/** debootstrap knows a mirror for Debian's releases, in their script or (as DEF_MIRROR) in itself; Ubuntu packages it with Debian's scripts. */
function fromDebootstrap(root) {
  for (const [path, pattern] of [['usr/share/debootstrap/scripts/sid', /^\s*default_mirror\s+"?([^"\s]+)/m], ['usr/sbin/debootstrap', /^DEF_MIRROR="?([^"\s]+)/m]]) {
    const file = join(root, path);
    const match = existsSync(file) ? pattern.exec(readFileSync(file, 'utf8')) : null;
    if (match && /\/debian\/?$/.test(match[1])) return { main: trim(match[1]), from: 'the default of debootstrap' };
  }
  return null;
}

const trim = (url) => url.replace(/\/+$/, '');
