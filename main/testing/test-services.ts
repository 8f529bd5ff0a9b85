import { tmpdir } from 'node:os';
import type { AppFacts, Settings } from '../../contract/ipc.ts';
import type { VmState } from '../../contract/vm-state.ts';
import type { EngineClient } from '../engine-client/engine-client.ts';
import { createHandlers, type Services } from '../ipc/handlers.ts';
import { PushHub } from '../ipc/push.ts';
import { serveWindow } from '../ipc/register.ts';
import { checkSettingsChange, defaultSettings } from '../settings/settings-shape.ts';
import { History } from '../stats/history.ts';
import { HistoryFile } from '../stats/history-file.ts';
import { StatsSampler } from '../stats/sampler.ts';
import { openAccounts } from '../registries/account-store.ts';
import { registryAccounts } from '../registries/registry-accounts.ts';
import { usageSource } from '../stats/usage-source.ts';
import { Journal } from '../troubleshoot/journal.ts';
import { TestWindow } from './test-window.ts';

const facts: AppFacts = { version: '0.0.0', shell: 'web', platform: 'linux', dockerHost: 'unix:///test' };
const state: VmState = { status: 'running', startedAt: '', phases: [], accelerator: 'external', engineVersion: 'test' };

/** A window served by the real handlers over `engine`; the VM is always running. */
export function serveTestWindow(engine: EngineClient, changed: Partial<Services> = {}): { window: TestWindow; pushes: PushHub; opened: string[] } {
  let current: Settings = defaultSettings();
  const opened: string[] = [];
  const services: Services = {
    facts,
    engine,
    settings: {
      get current() {
        return current;
      },
      follow: () => () => undefined,
      change: (change) => Promise.resolve((current = { ...current, ...checkSettingsChange(change) })),
    },
    vm: {
      state,
      onState: () => () => undefined,
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(),
      suspend: () => Promise.resolve(),
      wake: () => Promise.resolve(),
      growDisk: () => Promise.resolve(),
      atRest: () => Promise.reject(new Error('not in this test')),
      recover: () => Promise.resolve(),
      consoleLines: () => [],
      openStream: () => Promise.reject(new Error('not in this test')),
      onPortRequest: () => undefined,
    },
    accounts: registryAccounts(engine, openAccounts('/nonexistent', () => undefined)),
    stats: new StatsSampler({ source: usageSource(engine), history: new History(new HistoryFile('/nonexistent')) }),
    openUrl: (url) => Promise.resolve(void opened.push(url)),
    files: { open: () => Promise.resolve(undefined) },
    home: tmpdir(),
    socketPath: '/nowhere/docker.sock',
    arch: 'amd64',
    journal: new Journal(),
    ...changed,
  };
  const pushes = new PushHub(['vm/state', 'engine/connection']);
  const window = new TestWindow();
  serveWindow(window.transport, createHandlers(services), pushes);
  return { window, pushes, opened };
}
