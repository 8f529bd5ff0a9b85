import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../row.ts';
import { answers } from './answers.ts';
import { end } from './end.ts';
import { stopEngine } from './stop-engine.ts';
import { inNetworkOf, sharedMounts, spawnApart, withoutUnifiedCgroups } from './namespaces.ts';
import { processesBeside } from './processes.ts';

const binary = '/usr/bin/podman';
const packages = ['podman', 'netavark', 'aardvark-dns'];

/** podman as a service of the Docker API. What it would keep below /var and /run lies in the bench's folder. */
export async function startPodman(directory: string, say: (line: string) => void): Promise<Engine> {
  installPodman(say);
  mkdirSync(directory, { recursive: true });
  const socket = join(directory, 'podman.sock');
  const log = join(directory, 'log');
  const logFile = openSync(log, 'a');
  const folders = ['--root', join(directory, 'data'), '--runroot', join(directory, 'run'), '--tmpdir', join(directory, 'tmp'), '--storage-driver', 'overlay'];
  const child = spawnApart([binary, ...folders, 'system', 'service', '--time=0', `unix://${socket}`], { stdio: ['ignore', logFile, logFile], env: { ...process.env, ...configure(directory) } }, [
    sharedMounts,
    withoutUnifiedCgroups,
  ]);
  closeSync(logFile);
  const pid = child.pid ?? 0;
  try {
    const { api, version } = await answers(child, socket, log);
    return {
      name: 'podman',
      version,
      socket,
      api,
      processes: () => processesBeside(pid),
      inNetwork: (words) => inNetworkOf(pid, words),
      stop: () => stopEngine(child, api),
    };
  } catch (error) {
    await end(child);
    throw error;
  }
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
