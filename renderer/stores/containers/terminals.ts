import { create } from 'zustand';
import { openStream, type IpcFailure, type OpenStream } from '../../api.ts';
import { docker } from '../../format/engine/docker-command.ts';
import { t } from '../../i18n/i18n.ts';
import { useSettings } from '../settings.ts';
import { beginCommand, type RunningCommand } from '../window/commands.ts';

export type SessionStatus = { status: 'opening' } | { status: 'open' } | { status: 'ended'; exitCode: number } | { status: 'broken'; failure: IpcFailure };

/** A shell in a container. It lives until it is closed, whatever page is shown. */
export interface TerminalSession {
  key: string;
  containerId: string;
  containerName: string;
  /** Asked for; undefined is the image's own. */
  user: string | undefined;
  /** What runs; known once it is open. */
  command: string[];
  state: SessionStatus;
}

export interface TerminalsState {
  sessions: TerminalSession[];
  /** The one shown for each container. */
  shown: Record<string, string>;
}

export const useTerminals = create<TerminalsState>(() => ({ sessions: [], shown: {} }));

const streams = new Map<string, OpenStream<'containers/terminal'>>();
let nextKey = 1;

function change(key: string, fields: Partial<TerminalSession>): void {
  useTerminals.setState(({ sessions }) => ({ sessions: sessions.map((session) => (session.key === key ? { ...session, ...fields } : session)) }));
}

export interface NewSession {
  containerId: string;
  containerName: string;
  user?: string;
  command?: string[];
}

/** Makes the session; it connects when the terminal that shows it knows its size. */
export function createSession({ containerId, containerName, user, command }: NewSession): string {
  const key = `terminal-${nextKey++}`;
  const session: TerminalSession = { key, containerId, containerName, user, command: command ?? [], state: { status: 'opening' } };
  useTerminals.setState(({ sessions, shown }) => ({ sessions: [...sessions, session], shown: { ...shown, [containerId]: key } }));
  return key;
}

export const showSession = (containerId: string, key: string): void => useTerminals.setState(({ shown }) => ({ shown: { ...shown, [containerId]: key } }));

/**
 * Runs the shell.
 * @param onBytes takes output; its promise, where it has one, holds back the shell until the screen has caught up.
 */
export function connectSession(key: string, size: { columns: number; rows: number }, onBytes: (bytes: Uint8Array) => Promise<void> | undefined): void {
  const session = useTerminals.getState().sessions.find((candidate) => candidate.key === key);
  if (session === undefined || streams.has(key)) return;
  let command: RunningCommand | undefined;
  const shell = useSettings.getState().settings?.terminalShell ?? '';
  const params = {
    id: session.containerId,
    ...size,
    ...(session.user === undefined ? {} : { user: session.user }),
    ...(session.command.length === 0 ? {} : { command: session.command }),
    ...(shell === '' ? {} : { shell }),
  };
  const stream = openStream('containers/terminal', params, {
    onData: (payload) => {
      if (payload instanceof Uint8Array) return onBytes(payload);
      if (payload.type === 'opened') {
        command = beginCommand(docker.exec(session.containerName, payload.command, session.user), `POST /containers/${session.containerName}/exec, POST /exec/{id}/start`);
        command.live(t('actions:open'));
        change(key, { command: payload.command, state: { status: 'open' } });
      } else {
        command?.done(t('actions:exitCode', { code: payload.exitCode }));
        change(key, { state: { status: 'ended', exitCode: payload.exitCode } });
      }
      return undefined;
    },
    onEnd: (failure) => {
      streams.delete(key);
      const now = useTerminals.getState().sessions.find((candidate) => candidate.key === key);
      if (now === undefined || now.state.status === 'ended') return;
      if (failure !== undefined) {
        command?.failed(failure);
        change(key, { state: { status: 'broken', failure } });
      } else {
        command?.done(t('actions:closed'));
        change(key, { state: { status: 'ended', exitCode: 0 } });
      }
    },
  });
  streams.set(key, stream);
}

/** Typed or pasted bytes. What is typed into an ended session goes nowhere, as its state says. */
export function typeInto(key: string, bytes: Uint8Array): void {
  streams.get(key)?.send(bytes).catch(() => undefined);
}

export function resizeSession(key: string, columns: number, rows: number): void {
  streams.get(key)?.send({ type: 'resize', columns, rows }).catch(() => undefined);
}

/** Ends the shell and forgets the session. */
export function closeSession(key: string): void {
  streams.get(key)?.close();
  streams.delete(key);
  useTerminals.setState(({ sessions, shown }) => {
    const left = sessions.filter((session) => session.key !== key);
    const containerId = sessions.find((session) => session.key === key)?.containerId ?? '';
    const next = left.findLast((session) => session.containerId === containerId);
    const { [containerId]: current, ...others } = shown;
    if (current !== key) return { sessions: left };
    return { sessions: left, shown: next === undefined ? others : { ...others, [containerId]: next.key } };
  });
}
