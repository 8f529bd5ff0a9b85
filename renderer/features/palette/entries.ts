import type { LucideIcon } from 'lucide-react';
import type { ImageSummary } from '../../../contract/engine-api/image.ts';
import { formatBytes } from '../../format/bytes.ts';
import { isRunning, isUp, type ContainerView } from '../../format/engine/container.ts';
import { docker, type DockerCommand } from '../../format/engine/docker-command.ts';
import { problemOfReference } from '../../format/engine/reference.ts';
import { act } from '../../stores/containers/container-actions.ts';
import { openDialog } from '../../stores/window/dialogs.ts';
import { go, type Route } from '../../stores/window/navigation.ts';
import { destinations } from '../../stores/window/screens.ts';
import { pullImage } from '../../stores/pulls.ts';
import { changeSettings } from '../../stores/settings.ts';
import { suspendVm } from '../../stores/vm.ts';
import { t } from '../../i18n/i18n.ts';

export type EntryGroup = 'actions' | 'go' | 'settings';
export type EntryIcon = 'start' | 'stop' | 'restart' | 'pause' | 'remove' | 'run' | 'pull' | 'container' | 'image' | 'logs' | 'terminal' | 'settings' | 'history' | 'keys' | 'theme' | 'power';

/** A row of the palette: what it is called, what it does, and the command that does the same. */
export interface PaletteEntry {
  key: string;
  group: EntryGroup;
  /** A destination brings its own. */
  icon: EntryIcon | LucideIcon;
  label: string;
  /** Quiet words at the right. */
  note: string;
  /** The container that it is about, for its state at the right. */
  container?: ContainerView;
  command?: DockerCommand;
  /** Loses something: sorts last and opens the dialog. */
  destructive?: boolean;
  /** Shown before anything is typed. */
  first?: boolean;
  run(): void;
}

const to = (route: Route) => (): void => go(route);

function containerEntries(view: ContainerView): PaletteEntry[] {
  const { id, name } = view;
  const entry = (icon: EntryIcon, label: string, run: () => void, command?: DockerCommand): PaletteEntry => ({ key: `${icon} ${id}`, group: 'actions', icon, label, note: '', container: view, run, ...(command === undefined ? {} : { command }) });
  const verbs = isUp(view.condition)
    ? [
        entry('stop', t('palette:stop', { name }), () => void act('stop', [id]), docker.stop([name])),
        entry('restart', t('palette:restart', { name }), () => void act('restart', [id]), docker.restart([name])),
        view.condition === 'paused'
          ? entry('pause', t('palette:resume', { name }), () => void act('unpause', [id]), docker.unpause([name]))
          : entry('pause', t('palette:pause', { name }), () => void act('pause', [id]), docker.pause([name])),
      ]
    : [entry('start', t('palette:start', { name }), () => void act('start', [id]), docker.start([name]))];
  return [
    ...verbs,
    ...(isRunning(view.condition) ? [entry('terminal', t('palette:terminalIn', { name }), to({ page: 'container', id, tab: 'terminal' }), docker.exec(name, ['sh']))] : []),
    { ...entry('remove', t('palette:remove', { name }), () => openDialog({ kind: 'remove-containers', ids: [id] }), docker.remove([name], isUp(view.condition))), destructive: true },
    { key: `go ${id}`, group: 'go', icon: 'container', label: t('palette:container', { name }), note: view.image, container: view, command: docker.inspect(name), run: to({ page: 'container', id, tab: 'overview' }) },
    { key: `logs ${id}`, group: 'go', icon: 'logs', label: t('palette:logsOf', { name }), note: 'L', command: ['docker', 'logs', name], run: to({ page: 'container', id, tab: 'logs' }) },
  ];
}

function imageEntries(image: ImageSummary): PaletteEntry[] {
  return (image.RepoTags ?? []).flatMap((tag) => [
    { key: `run ${tag}`, group: 'actions', icon: 'run', label: t('palette:runImage', { name: tag }), note: '', command: ['docker', 'run', '--detach', tag], run: to({ page: 'run', image: tag }) },
    { key: `image ${tag}`, group: 'go', icon: 'image', label: t('palette:image', { name: tag }), note: formatBytes(image.Size), command: docker.images(), run: to({ page: 'images' }) },
  ] satisfies PaletteEntry[]);
}

const fixedEntries = (): PaletteEntry[] => [
  { key: 'run', group: 'actions', icon: 'run', label: t('palette:run'), note: 'N', first: true, run: to({ page: 'run', image: '' }) },
  { key: 'pull', group: 'actions', icon: 'pull', label: t('palette:pull'), note: '', first: true, run: () => openDialog({ kind: 'pull', reference: '' }) },
  ...destinations().map((one): PaletteEntry => ({ key: `go ${one.label}`, group: one.isFoot === true ? 'settings' : 'go', icon: one.icon, label: t(one.label), note: one.key === undefined ? '' : `G ${one.key}`, first: true, run: to(one.route) })),
  { key: 'history', group: 'go', icon: 'history', label: t('palette:history'), note: '', run: () => openDialog({ kind: 'history' }) },
  { key: 'keys', group: 'settings', icon: 'keys', label: t('palette:keys'), note: '?', first: true, run: () => openDialog({ kind: 'keys' }) },
  { key: 'dark', group: 'settings', icon: 'theme', label: t('palette:theme.dark'), note: '', run: () => void changeSettings({ theme: 'dark' }) },
  { key: 'light', group: 'settings', icon: 'theme', label: t('palette:theme.light'), note: '', run: () => void changeSettings({ theme: 'light' }) },
  { key: 'system', group: 'settings', icon: 'theme', label: t('palette:theme.system'), note: '', run: () => void changeSettings({ theme: 'system' }) },
  { key: 'suspend-engine', group: 'settings', icon: 'power', label: t('palette:suspendEngine'), note: '', run: () => void suspendVm() },
  { key: 'stop-engine', group: 'settings', icon: 'power', label: t('palette:stopEngine'), note: '', destructive: true, run: () => openDialog({ kind: 'stop-engine' }) },
];

/** @param query a name that is no image here may be one of a registry. */
export function entriesFor(query: string, containers: readonly ContainerView[], images: readonly ImageSummary[]): PaletteEntry[] {
  const reference = query.trim().replace(/^(?:docker )?pull /, '');
  const pull: PaletteEntry[] =
    reference.includes('/') || reference.includes(':') || /^(?:docker )?pull \S/.test(query.trim())
      ? problemOfReference(reference) === undefined
        ? [{ key: 'pull-this', group: 'actions', icon: 'pull', label: t('palette:pullThis', { reference }), note: '', command: docker.pull(reference), run: () => void pullImage(reference) }]
        : []
      : [];
  return [...containers.flatMap(containerEntries), ...fixedEntries(), ...images.flatMap(imageEntries), ...pull];
}
