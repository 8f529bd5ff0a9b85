import type { ContainerSummary } from '../../contract/engine-api/container.ts';
import type { VmState } from '../../contract/vm-state.ts';
import type { Speak } from './tray-words.ts';

export type TrayVerb = 'start' | 'stop' | 'restart';

/** What an item does. `place`: a page of the window, as its address spells it (`#/containers/…`). */
export type TrayAct =
  | { kind: 'show'; place?: string }
  | { kind: 'browse'; url: string }
  | { kind: 'container'; verb: TrayVerb; id: string; name: string }
  | { kind: 'start-engine' }
  | { kind: 'quit' };

/** One line of the menu: it does something, opens more lines, or only tells. */
export interface TrayItem {
  label: string;
  act?: TrayAct;
  items?: TrayItem[];
}
export type TrayMenu = (TrayItem | 'line')[];

export interface TrayState {
  vm: VmState;
  isAway: boolean;
  containers: readonly ContainerSummary[];
}

/** A menu that is longer than the screen is of no use; the window has the rest. */
const shownContainers = 15;
const shownPorts = 3;

/** The whole menu, from the same state that the windows show. */
export function trayMenu({ vm, isAway, containers }: TrayState, say: Speak): TrayMenu {
  const engine = say(vm.status === 'running' && isAway ? 'engine.away' : `engine.${vm.status}`);
  const running = containers.filter(({ State }) => State === 'running' || State === 'restarting' || State === 'paused');
  const stopped = containers.filter(({ State }) => State === 'exited' || State === 'created');
  const isReachable = vm.status === 'running' && !isAway;
  return [
    { label: engine },
    ...(vm.status === 'stopped' || vm.status === 'failed' ? [{ label: say('startEngine'), act: { kind: 'start-engine' } as const }] : []),
    ...(vm.status === 'suspended' ? [{ label: say('resumeEngine'), act: { kind: 'start-engine' } as const }] : []),
    ...(isReachable ? ['line' as const, { label: say(running.length === 0 ? 'none' : 'running') }, ...limited(running, say, (one) => runningItem(one, say))] : []),
    ...(isReachable && stopped.length > 0 ? [{ label: say('stopped'), items: limited(stopped, say, (one) => ({ label: nameOf(one), items: [{ label: say('start'), act: { kind: 'container', verb: 'start', ...idOf(one) } }, showItem(one, say)] })) }] : []),
    'line',
    { label: say('open'), act: { kind: 'show' } },
    { label: say('quit'), act: { kind: 'quit' } },
  ];
}

function limited(containers: readonly ContainerSummary[], say: Speak, item: (container: ContainerSummary) => TrayItem): TrayItem[] {
  const items = containers.slice(0, shownContainers).map(item);
  const more = containers.length - items.length;
  return more === 0 ? items : [...items, { label: say('more', { count: more }), act: { kind: 'show', place: '#/containers' } }];
}

function runningItem(container: ContainerSummary, say: Speak): TrayItem {
  const ports = [...new Set((container.Ports ?? []).flatMap(({ PublicPort, Type }) => (PublicPort === undefined || Type !== 'tcp' ? [] : [PublicPort])))].sort((a, b) => a - b);
  const act = (verb: TrayVerb): TrayItem => ({ label: say(verb), act: { kind: 'container', verb, ...idOf(container) } });
  return {
    label: nameOf(container),
    items: [
      ...ports.slice(0, shownPorts).map((port) => ({ label: say('browse', { address: `localhost:${port}` }), act: { kind: 'browse' as const, url: `http://localhost:${port}/` } })),
      act('stop'),
      act('restart'),
      showItem(container, say),
    ],
  };
}

const showItem = ({ Id }: ContainerSummary, say: Speak): TrayItem => ({ label: say('show'), act: { kind: 'show', place: `#/containers/${Id}/overview` } });
const idOf = (container: ContainerSummary): { id: string; name: string } => ({ id: container.Id, name: nameOf(container) });
const nameOf = ({ Id, Names }: ContainerSummary): string => Names?.[0]?.replace(/^\//, '') ?? Id.slice(0, 12);
