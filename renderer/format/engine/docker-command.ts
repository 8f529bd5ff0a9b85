import { quoteWord } from '../shell-words.ts';

/** A docker command as its words; joined and quoted only where it is shown or copied. */
export type DockerCommand = readonly string[];

export function commandText(command: DockerCommand): string {
  return command.map(quoteWord).join(' ');
}

/** The commands of the actions that the window has. Names are used where there is one, as a person would type them. */
export const docker = {
  ps: (): DockerCommand => ['docker', 'ps', '--all'],
  start: (names: readonly string[]): DockerCommand => ['docker', 'start', ...names],
  stop: (names: readonly string[]): DockerCommand => ['docker', 'stop', ...names],
  restart: (names: readonly string[]): DockerCommand => ['docker', 'restart', ...names],
  kill: (names: readonly string[]): DockerCommand => ['docker', 'kill', ...names],
  pause: (names: readonly string[]): DockerCommand => ['docker', 'pause', ...names],
  unpause: (names: readonly string[]): DockerCommand => ['docker', 'unpause', ...names],
  remove: (names: readonly string[], force: boolean): DockerCommand => ['docker', 'rm', ...(force ? ['--force'] : []), ...names],
  stats: (names: readonly string[]): DockerCommand => ['docker', 'stats', ...names],
  top: (name: string): DockerCommand => ['docker', 'top', name],
  rename: (name: string, to: string): DockerCommand => ['docker', 'rename', name, to],
  signal: (name: string, signal: string): DockerCommand => ['docker', 'kill', '--signal', signal, name],
  commit: (name: string, image: string, { comment, pause }: { comment: string; pause: boolean }): DockerCommand => [
    'docker', 'commit', ...(pause ? [] : ['--pause=false']), ...(comment === '' ? [] : ['--message', comment]), name, image,
  ],
  exportFiles: (name: string, file: string): DockerCommand => ['docker', 'export', '--output', file, name],
  inspectPart: (name: string, template: string): DockerCommand => ['docker', 'inspect', '--format', template, name],
  inspect: (name: string): DockerCommand => ['docker', 'inspect', name],
  logs: (name: string, tail: number | 'all'): DockerCommand => ['docker', 'logs', '--follow', '--timestamps', ...(tail === 'all' ? [] : ['--tail', String(tail)]), name],
  composeLogs: (services: readonly string[]): DockerCommand => ['docker', 'compose', 'logs', '--follow', '--timestamps', ...services],
  exec: (name: string, command: readonly string[], user?: string): DockerCommand => [
    'docker', 'exec', '--interactive', '--tty', ...(user === undefined ? [] : ['--user', user]), name, ...command,
  ],
  images: (): DockerCommand => ['docker', 'images'],
  pull: (reference: string): DockerCommand => ['docker', 'pull', reference],
  load: (file: string): DockerCommand => ['docker', 'load', '--input', file],
  removeImages: (references: readonly string[], force: boolean): DockerCommand => ['docker', 'rmi', ...(force ? ['--force'] : []), ...references],
};
