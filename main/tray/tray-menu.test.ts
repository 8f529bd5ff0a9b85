import { expect, it } from 'vitest';
import type { ContainerSummary } from '../../contract/engine-api/container.ts';
import type { VmState } from '../../contract/vm-state.ts';
import { trayMenu, type TrayItem } from './tray-menu.ts';
import { trayWords } from './tray-words.ts';

const up: VmState = { status: 'running', startedAt: '', phases: [], accelerator: 'kvm', engineVersion: '1' };
const container = (name: string, State: string, ports: number[] = []): ContainerSummary =>
  ({ Id: `${name}-id`, Names: [`/${name}`], State, Ports: ports.map((PublicPort) => ({ PublicPort, PrivatePort: 80, Type: 'tcp' })) }) as unknown as ContainerSummary;
const english = trayWords('en', 'de-DE');
const menu = (containers: ContainerSummary[], vm: VmState = up, isAway = false) => trayMenu({ vm, isAway, containers }, english);
const item = (items: (TrayItem | 'line')[], label: string): TrayItem | undefined => items.filter((one) => one !== 'line').find((one) => one.label === label);
const labels = (items: (TrayItem | 'line')[]): string[] => items.map((one) => (one === 'line' ? '—' : one.label));

it('has what runs, with what can be done to it', () => {
  const items = menu([container('web', 'running', [8080, 443, 8080]), container('db', 'paused'), container('old', 'exited')]);
  expect(labels(items)).toEqual(['The engine runs', '—', 'Running containers', 'web', 'db', 'Stopped containers', '—', 'Open Slipway', 'Quit Slipway']);
  expect(item(items, 'web')?.items).toEqual([
    { label: 'Open localhost:443', act: { kind: 'browse', url: 'http://localhost:443/' } },
    { label: 'Open localhost:8080', act: { kind: 'browse', url: 'http://localhost:8080/' } },
    { label: 'Stop', act: { kind: 'container', verb: 'stop', id: 'web-id', name: 'web' } },
    { label: 'Restart', act: { kind: 'container', verb: 'restart', id: 'web-id', name: 'web' } },
    { label: 'Show', act: { kind: 'show', place: '#/containers/web-id/overview' } },
  ]);
  expect(item(item(items, 'Stopped containers')?.items ?? [], 'old')?.items?.[0]?.act).toEqual({ kind: 'container', verb: 'start', id: 'old-id', name: 'old' });
});

it('offers nothing that an engine which does not answer cannot do', () => {
  expect(labels(menu([container('web', 'running')], up, true))).toEqual(['The engine does not answer', '—', 'Open Slipway', 'Quit Slipway']);
  expect(labels(menu([container('web', 'running')], { status: 'stopped' }))).toEqual(['The engine is stopped', 'Start the engine', '—', 'Open Slipway', 'Quit Slipway']);
  expect(labels(menu([], { status: 'suspended', since: '', containers: 0 }))).toContain('Resume the engine');
  expect(labels(menu([]))).toContain('No container runs');
});

it('stays short with many containers', () => {
  const items = menu(Array.from({ length: 40 }, (_, index) => container(`c${index}`, 'running')));
  expect(labels(items)).toContain('25 more in the window…');
  expect(items.length).toBeLessThan(25);
});

it.each([
  ['de', 'en-GB', 'Slipway beenden'],
  ['system', 'de-AT', 'Slipway beenden'],
  [undefined, 'fr-FR', 'Quit Slipway'],
  ['en', 'de', 'Quit Slipway'],
] as const)('speaks the language of the settings (%s) or of the system (%s)', (setting, system, words) => {
  expect(trayWords(setting, system)('quit')).toBe(words);
});
