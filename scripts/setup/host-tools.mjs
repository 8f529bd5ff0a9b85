import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { step } from './progress.mjs';

/**
 * What the host must have, by purpose. `finds` are programs on the PATH (or absolute files), one of which is enough; the rest is
 * the package by each package manager. `null` means that the manager's platform does not need it.
 */
const qemu = process.arch === 'arm64' ? 'qemu-system-aarch64' : 'qemu-system-x86_64';
const tools = [
  { finds: [qemu], why: 'runs the VM', for: ['start', 'test'], apt: process.arch === 'arm64' ? 'qemu-system-arm' : 'qemu-system-x86', dnf: 'qemu-system-x86-core', pacman: 'qemu-system-x86', brew: 'qemu', winget: 'SoftwareFreedomConservancy.QEMU' },
  { finds: ['qemu-img'], why: 'makes the data disk', for: ['start', 'test'], apt: 'qemu-utils', dnf: 'qemu-img', pacman: 'qemu-img', brew: 'qemu', winget: null },
  { finds: ['mkfs.erofs'], why: 'builds the VM image', for: ['start', 'test'], apt: 'erofs-utils', dnf: 'erofs-utils', pacman: 'erofs-utils', brew: 'erofs-utils', winget: null },
  { finds: ['xz'], why: 'unpacks Debian packages', for: ['start', 'test'], apt: 'xz-utils', dnf: 'xz', pacman: 'xz', brew: 'xz', winget: null },
  { finds: ['zstd'], why: 'unpacks packages and layers', for: ['start', 'test'], apt: 'zstd', dnf: 'zstd', pacman: 'zstd', brew: 'zstd', winget: null },
  { finds: ['gpgv'], why: 'verifies the Debian archive', for: ['start', 'test'], apt: 'gpgv', dnf: 'gnupg2', pacman: 'gnupg', brew: 'gnupg', winget: null },
  { finds: ['/usr/share/keyrings/debian-archive-keyring.gpg'], why: 'the keys of the Debian archive', for: ['start', 'test'], apt: 'debian-archive-keyring', dnf: 'debian-keyring', pacman: 'debian-archive-keyring', brew: null, winget: null },
  // Its scripts name a mirror of Debian, whose packages the VM image is made of; Debian itself has one in its apt sources.
  { finds: ['/usr/sbin/debootstrap', ...debianItself()], why: 'names a Debian mirror', for: ['start', 'test'], apt: 'debootstrap', dnf: 'debootstrap', pacman: 'debootstrap', brew: null, winget: null },
  { finds: ['crun'], why: 'runs containers natively', for: ['test'], apt: 'crun' },
  { finds: ['nft'], why: 'container networks', for: ['test'], apt: 'nftables' },
  { finds: ['ip'], why: 'container networks', for: ['test'], apt: 'iproute2' },
  { finds: ['/bin/busybox', '/usr/bin/busybox'], why: 'root file system of test images', for: ['test'], apt: 'busybox-static' },
  { finds: ['mkfs.ext4'], why: 'small disks of the tests', for: ['test'], apt: 'e2fsprogs' },
  { finds: ['docker-registry'], why: 'a real registry for pull tests', for: ['test'], apt: 'docker-registry' },
  { finds: ['docker'], why: 'the docker CLI as a test client', for: ['test'], apt: 'docker.io' },
  { finds: ['docker-compose'], why: 'compose as a test client', for: ['test'], apt: 'docker-compose' },
  { finds: ['/usr/lib/python3/dist-packages/docker'], why: 'the Python library as a test client', for: ['test'], apt: 'python3-docker' },
  { finds: ['openssl'], why: 'certificates of the tests', for: ['test'], apt: 'openssl' },
  { finds: ['curl'], why: 'a plain HTTP client for port tests', for: ['test'], apt: 'curl' },
  { finds: ['ps'], why: 'process lists of containers', for: ['test'], apt: 'procps' },
  { finds: ['setpriv'], why: 'a second local user for socket tests', for: ['test'], apt: 'util-linux' },
  { finds: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'], why: 'the browser of the e2e tests', for: ['test'], apt: 'chromium' },
];

/** A file that proves there is nothing to install, on Debian or where a mirror is named by hand. */
function debianItself() {
  const osRelease = '/etc/os-release';
  const isDebian = existsSync(osRelease) && /^ID="?debian"?$/m.test(readFileSync(osRelease, 'utf8'));
  return isDebian || process.env.SLIPWAY_DEBIAN_MIRROR ? [process.execPath] : [];
}

function onPath(name) {
  if (name.startsWith('/')) return existsSync(name);
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin'];
  const names = process.platform === 'win32' ? [`${name}.exe`, name] : [name];
  return folders.some((folder) =>
    names.some((file) => {
      try {
        accessSync(join(folder, file), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    }),
  );
}

const managers = {
  apt: { program: 'apt-get', command: (packages) => `apt-get install -y --no-install-recommends ${packages.join(' ')}` },
  dnf: { program: 'dnf', command: (packages) => `dnf install -y ${packages.join(' ')}` },
  pacman: { program: 'pacman', command: (packages) => `pacman -S --needed --noconfirm ${packages.join(' ')}` },
  brew: { program: 'brew', command: (packages) => `brew install ${packages.join(' ')}` },
  winget: { program: 'winget', command: (packages) => packages.map((name) => `winget install --id ${name}`).join(' && ') },
};

/** The package manager of this host: the first one that is there. */
export function packageManager(has = onPath) {
  if (process.platform === 'darwin') return 'brew';
  if (process.platform === 'win32') return 'winget';
  return ['apt', 'dnf', 'pacman'].find((name) => has(managers[name].program));
}

/** What is missing for a purpose, and the one command that installs it. Pure but for the look at the PATH. */
export function missingTools(purpose, { has = onPath, manager = packageManager(has) } = {}) {
  const missing = tools.filter((tool) => tool.for.includes(purpose) && !tool.finds.some(has));
  const packages = [...new Set(missing.map((tool) => tool[manager]).filter((name) => typeof name === 'string'))];
  const command = packages.length > 0 && manager !== undefined ? managers[manager].command(packages) : undefined;
  return { missing: missing.filter((tool) => manager === undefined || tool[manager] !== null), packages, command, manager };
}

/**
 * Installs what is missing where we may (root on a Debian-like host), with the package manager's own progress on the screen.
 * Otherwise fails with the one command that does it.
 * @throws Error with that command.
 */
export function ensureHostTools(purpose) {
  const { missing, packages, command, manager } = missingTools(purpose);
  if (missing.length === 0) return;
  const list = missing.map((tool) => `  ${tool.finds[0].padEnd(20)} ${tool.why}`).join('\n');
  const isRoot = process.getuid?.() === 0;
  if (command === undefined) throw new Error(`These programs are missing, and no package manager was found to install them with:\n${list}`);
  if (manager !== 'apt' || !isRoot) {
    const prefix = manager === 'brew' || manager === 'winget' || isRoot ? '' : 'sudo ';
    throw new Error(`These programs are missing:\n${list}\n\nInstall them with this command, then run the same thing again:\n\n  ${prefix}${command}\n`);
  }
  step(`Installing ${packages.join(', ')}`);
  // RUNLEVEL=1 keeps a freshly installed docker.io or docker-registry from starting its service on this machine.
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  for (const args of [['update', '-q'], ['install', '-y', '-q', '--no-install-recommends', ...packages]]) {
    const result = spawnSync('apt-get', args, { stdio: ['ignore', 'inherit', 'inherit'], env: environment });
    if (result.status !== 0 && args[0] === 'install') {
      throw new Error(`apt-get could not install ${packages.join(', ')}; its output above says why. Repair that, then run: ${command}`);
    }
  }
  const still = missingTools(purpose).missing;
  if (still.length > 0) throw new Error(`Installed, but still not found on the PATH: ${still.map((tool) => tool.finds[0]).join(', ')}`);
}
