import { Copy, ExternalLink, FileOutput, Gauge, Layers2, PencilLine, RadioTower, Info, Pause, Play, RotateCw, ScrollText, Skull, Square, SquareTerminal, Trash2 } from 'lucide-react';
import { Menu, type MenuAnchor, type MenuItem } from '../../components/overlay/menu.tsx';
import { isRunning, isUp, type ContainerView } from '../../format/engine/container.ts';
import { act } from '../../stores/containers/container-actions.ts';
import { exportContainer } from '../../stores/containers/change-container.ts';
import { openDialog, type ContainerActionName } from '../../stores/window/dialogs.ts';
import { openUrl } from '../../stores/window/open-url.ts';
import { askToRemove, openDetails, openLogs, openTerminal, pauseOrResume, restart, startOrStop } from './row-actions.ts';
import { t } from '../../i18n/i18n.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** Every action of a row; `isDetails` leaves out the way to where the person already is. */
export function containerMenuItems(view: ContainerView, { isDetails = false } = {}): MenuItem[] {
  const isRowUp = isUp(view.condition);
  const isLive = isRunning(view.condition);
  const port = view.ports.find((candidate) => candidate.url !== undefined);
  const ways: MenuItem[] = [
    { label: t('containers:menu.details'), icon: <Info {...icon} />, keys: 'enter', pick: () => openDetails(view) },
    { label: t('containers:menu.logs'), icon: <ScrollText {...icon} />, keys: 'L', pick: () => openLogs([view]) },
    { label: t('containers:menu.terminal'), icon: <SquareTerminal {...icon} />, keys: 'T', disabled: !isLive, pick: () => openTerminal(view) },
  ];
  const ask = (action: ContainerActionName) => (): void => openDialog({ kind: 'container-action', action, id: view.id });
  return [
    ...(isDetails ? [] : ways),
    ...(port?.url === undefined ? [] : [{ label: t('containers:menu.open', { port: `localhost:${port.publicPort}` }), icon: <ExternalLink {...icon} />, keys: 'O', pick: () => openUrl(port.url ?? '') }]),
    { label: isRowUp ? t('containers:verbs.stop') : t('containers:verbs.start'), icon: isRowUp ? <Square {...icon} fill="currentColor" size={11} /> : <Play {...icon} />, keys: 'S', divided: !isDetails, pick: () => void startOrStop([view]) },
    { label: t('containers:verbs.restart'), icon: <RotateCw {...icon} />, keys: 'R', pick: () => void restart([view]) },
    { label: view.condition === 'paused' ? t('containers:verbs.unpause') : t('containers:verbs.pause'), icon: <Pause {...icon} />, keys: 'P', disabled: !isLive && view.condition !== 'paused', pick: () => void pauseOrResume([view]) },
    { label: t('containers:verbs.kill'), icon: <Skull {...icon} />, disabled: !isRowUp, pick: () => void act('kill', [view.id]) },
    { label: t('containers:menu.signal'), icon: <RadioTower {...icon} />, disabled: !isRowUp, pick: ask('signal') },
    { label: t('containers:menu.update'), icon: <Gauge {...icon} />, divided: true, pick: ask('update') },
    { label: t('containers:menu.rename'), icon: <PencilLine {...icon} />, pick: ask('rename') },
    { label: t('containers:menu.commit'), icon: <Layers2 {...icon} />, pick: ask('commit') },
    { label: t('containers:menu.export'), icon: <FileOutput {...icon} />, pick: () => void exportContainer(view) },
    { label: t('containers:menu.copyName'), icon: <Copy {...icon} />, divided: true, pick: () => void navigator.clipboard.writeText(view.name) },
    { label: t('containers:menu.copyId'), icon: <Copy {...icon} />, pick: () => void navigator.clipboard.writeText(view.id) },
    { label: t('containers:removeMore'), icon: <Trash2 {...icon} />, keys: 'backspace', danger: true, divided: true, pick: () => askToRemove([view]) },
  ];
}

export function ContainerMenu({ view, anchor, isDetails, onClose }: { view: ContainerView; anchor: MenuAnchor; isDetails?: boolean; onClose(): void }) {
  return <Menu label={t('containers:more', { name: view.name })} anchor={anchor} items={containerMenuItems(view, { isDetails })} onClose={onClose} />;
}
