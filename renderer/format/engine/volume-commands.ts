import type { CleanUpName } from '../../../contract/engine-api/disk.ts';
import { joinPath } from '../files/paths.ts';
import type { DockerCommand } from './docker-command.ts';

/** The files of a volume have no docker command of their own: a container that has it mounted does the work. */
const inVolume = (volume: string, ...words: string[]): DockerCommand => ['docker', 'run', '--rm', '--volume', `${volume}:/volume`, 'busybox', ...words];
const below = (path: string): string => (path === '/' ? '/volume' : `/volume${path}`);

export interface FileCommands {
  makeFolder(path: string): DockerCommand;
  rename(path: string, to: string): DockerCommand;
  remove(path: string, recursive: boolean): DockerCommand;
  upload(folder: string, name: string): DockerCommand;
  download(path: string): DockerCommand;
}

export const containerFileCommands = (container: string): FileCommands => ({
  makeFolder: (path) => ['docker', 'exec', container, 'mkdir', path],
  rename: (path, to) => ['docker', 'exec', container, 'mv', '-n', path, to],
  remove: (path, recursive) => ['docker', 'exec', container, 'rm', ...(recursive ? ['-r'] : []), path],
  upload: (folder, name) => ['docker', 'cp', name, `${container}:${folder}`],
  download: (path) => ['docker', 'cp', `${container}:${path}`, '.'],
});

export const volumeFileCommands = (volume: string): FileCommands => ({
  makeFolder: (path) => inVolume(volume, 'mkdir', below(path)),
  rename: (path, to) => inVolume(volume, 'mv', '-n', below(path), below(to)),
  remove: (path, recursive) => inVolume(volume, 'rm', ...(recursive ? ['-r'] : []), below(path)),
  upload: (folder, name) => ['docker', 'run', '--rm', '--volume', `${volume}:/volume`, '--volume', '.:/from:ro', 'busybox', 'cp', '-r', `/from/${name}`, below(folder)],
  download: (path) => ['docker', 'run', '--rm', '--volume', `${volume}:/volume:ro`, '--volume', '.:/to', 'busybox', 'cp', '-r', below(path), '/to'],
});

export const volumeCommands = {
  create: (name: string, labels: readonly string[]): DockerCommand => ['docker', 'volume', 'create', ...labels.flatMap((label) => ['--label', label]), ...(name === '' ? [] : [name])],
  remove: (names: readonly string[]): DockerCommand => ['docker', 'volume', 'rm', ...names],
  empty: (name: string): DockerCommand => inVolume(name, 'sh', '-c', 'rm -rf /volume/..?* /volume/.[!.]* /volume/*'),
  backup: (name: string, file: string): DockerCommand => ['docker', 'run', '--rm', '--volume', `${name}:/volume:ro`, '--volume', '.:/to', 'busybox', 'tar', '-C', '/volume', '-czf', joinPath('/to', file), '.'],
  restore: (name: string, file: string): DockerCommand => ['docker', 'run', '--rm', '--volume', `${name}:/volume`, '--volume', '.:/from:ro', 'busybox', 'tar', '-C', '/volume', '-xzf', joinPath('/from', file)],
};

/** What each clean-up is on the command line; `all` is two. */
export const cleanUpCommands: Record<CleanUpName, readonly DockerCommand[]> = {
  containers: [['docker', 'container', 'prune']],
  'images-dangling': [['docker', 'image', 'prune']],
  'images-unused': [['docker', 'image', 'prune', '--all']],
  'volumes-anonymous': [['docker', 'volume', 'prune']],
  'volumes-unused': [['docker', 'volume', 'prune', '--all']],
  all: [
    ['docker', 'container', 'prune'],
    ['docker', 'image', 'prune', '--all'],
  ],
};
