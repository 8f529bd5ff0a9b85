import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../row.ts';
import { sharedMounts, withoutUnifiedCgroups } from './namespaces.ts';
import { startDaemon } from './start-daemon.ts';

const binary = '/usr/bin/podman';
const packages = ['podman', 'netavark', 'aardvark-dns'];

/** podman as a service of the Docker API. What it would keep below /var and /run lies in the bench's folder. */
export async function startPodman(directory: string, say: (line: string) => void): Promise<Engine> {
  installPodman(say);
  mkdirSync(directory, { recursive: true });
  const socket = join(directory, 'podman.sock');
  const log = join(directory, 'log');
  const folders = ['--root', join(directory, 'data'), '--runroot', join(directory, 'run'), '--tmpdir', join(directory, 'tmp'), '--storage-driver', 'overlay'];
  const command = [binary, ...folders, 'system', 'service', '--time=0', `unix://${socket}`];
  return startDaemon({ name: 'podman', command, socket, log, wrappers: [sharedMounts, withoutUnifiedCgroups], env: { ...process.env, ...configure(directory) } });
}

/** @throws Error that names the command for whoever may run it */
function installPodman(say: (line: string) => void): void {
  if (existsSync(binary)) return;
  const command = ['apt-get', 'install', '--yes', '--no-install-recommends', ...packages];
  say(`podman is not there: ${command.join(' ')}`);
  execFileSync(command[0]!, command.slice(1), { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
}

/** The settings with which it runs on a machine without systemd. */
function configure(directory: string): Record<string, string> {
  const containers = join(directory, 'containers.conf');
  const registries = join(directory, 'registries.conf');
  writeFileSync(
    containers,
    `[containers]
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
runtime = "crun"
events_logger = "file"
[network]
network_backend = "netavark"
network_config_dir = "${join(directory, 'networks')}"
`,
  );
  writeFileSync(registries, 'unqualified-search-registries = []\n[[registry]]\nlocation = "127.0.0.1:5000"\ninsecure = true\n');
  return { CONTAINERS_CONF: containers, CONTAINERS_REGISTRIES_CONF: registries };
}
