import { Copy, ExternalLink, Info, Pause, Play, RotateCw, ScrollText, Skull, Square, SquareTerminal, Trash2 } from 'lucide-react';
import { Menu, type MenuAnchor, type MenuItem } from '../../components/overlay/menu.tsx';
import { isRunning, isUp, type ContainerView } from '../../format/engine/container.ts';
import { act } from '../../stores/containers/container-actions.ts';
import { openUrl } from '../../stores/window/open-url.ts';
import { askToRemove, openDetails, openLogs, openTerminal, pauseOrResume, restart, startOrStop } from './row-actions.ts';
import { text } from './text.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** Every action of a row; `isDetails` leaves out the way to where the person already is. */
export function containerMenuItems(view: ContainerView, { isDetails = false } = {}): MenuItem[] {
  const isRowUp = isUp(view.condition);
  const isLive = isRunning(view.condition);
  const port = view.ports.find((candidate) => candidate.url !== undefined);
  const ways: MenuItem[] = [
    { label: text.menu.details, icon: <Info {...icon} />, keys: 'enter', pick: () => openDetails(view) },
    { label: text.menu.logs, icon: <ScrollText {...icon} />, keys: 'L', pick: () => openLogs(view) },
    { label: text.menu.terminal, icon: <SquareTerminal {...icon} />, keys: 'T', disabled: !isLive, pick: () => openTerminal(view) },
  ];
  return [
    ...(isDetails ? [] : ways),
    ...(port?.url === undefined ? [] : [{ label: text.menu.open(`localhost:${port.publicPort}`), icon: <ExternalLink {...icon} />, keys: 'O', pick: () => openUrl(port.url ?? '') }]),
    { label: isRowUp ? text.verbs.stop : text.verbs.start, icon: isRowUp ? <Square {...icon} fill="currentColor" size={11} /> : <Play {...icon} />, keys: 'S', divided: !isDetails, pick: () => void startOrStop([view]) },
    { label: text.verbs.restart, icon: <RotateCw {...icon} />, keys: 'R', pick: () => void restart([view]) },
    { label: view.condition === 'paused' ? text.verbs.unpause : text.verbs.pause, icon: <Pause {...icon} />, keys: 'P', disabled: !isLive && view.condition !== 'paused', pick: () => void pauseOrResume([view]) },
    { label: text.verbs.kill, icon: <Skull {...icon} />, disabled: !isRowUp, pick: () => void act('kill', [view.id]) },
    { label: text.menu.copyName, icon: <Copy {...icon} />, divided: true, pick: () => void navigator.clipboard.writeText(view.name) },
    { label: text.menu.copyId, icon: <Copy {...icon} />, pick: () => void navigator.clipboard.writeText(view.id) },
    { label: text.removeMore, icon: <Trash2 {...icon} />, keys: 'backspace', danger: true, divided: true, pick: () => askToRemove([view]) },
  ];
}

export function ContainerMenu({ view, anchor, isDetails, onClose }: { view: ContainerView; anchor: MenuAnchor; isDetails?: boolean; onClose(): void }) {
  return <Menu label={text.more(view.name)} anchor={anchor} items={containerMenuItems(view, { isDetails })} onClose={onClose} />;
}
