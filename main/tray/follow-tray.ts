import type { ContainerSummary } from '../../contract/engine-api/container.ts';
import type { Settings } from '../../contract/ipc.ts';
import type { ToWindow } from '../../contract/ipc-wire.ts';
import type { IpcPushes } from '../../contract/ipc.ts';
import type { TrayState } from './tray-menu.ts';

/** What the tray stands on; `main/app.ts` gives it. */
export interface TrayNews {
  /** Hears what windows hear, beginning with the present state. Answers the way out. */
  follow(listener: (message: ToWindow) => void): () => void;
  containers(): Promise<readonly ContainerSummary[]>;
}

/** A storm of events is one look at its beginning, and one each second. */
const pauseMs = 1000;
/** What changes no line of the menu. `exec_*` alone would mean a look for every health check. */
const silent = /^(?:exec_|health_status|top|attach|detach|resize|export|archive-path|extract-to-dir)/;

/** Keeps the tray's state that of the engine, and tells it whenever it changed. A closed menu costs one list for each burst of events. */
export function followTray({ follow, containers }: TrayNews, onState: (state: TrayState, settings: Settings | undefined) => void): { close(): void } {
  let state: TrayState = { vm: { status: 'stopped' }, isAway: false, containers: [] };
  let settings: Settings | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isWanted = false;
  let isClosed = false;
  const tell = (changed: Partial<TrayState> = {}): void => {
    state = { ...state, ...changed };
    if (!isClosed) onState(state, settings);
  };
  const look = (): void => {
    isWanted = true;
    if (timer !== undefined) return;
    const turn = (): void => {
      if (!isWanted || isClosed) return void (timer = undefined);
      isWanted = false;
      timer = setTimeout(turn, pauseMs);
      timer.unref();
      // An engine that does not answer is told by its connection; the list of before stays until then.
      containers().then((list) => tell({ containers: list }), () => undefined);
    };
    turn();
  };
  const stop = follow((message) => {
    if (message.type !== 'push') return;
    switch (message.channel as keyof IpcPushes) {
      case 'vm/state':
        return tell({ vm: message.payload as IpcPushes['vm/state'] });
      case 'settings/state':
        ({ settings } = message.payload as IpcPushes['settings/state']);
        return tell();
      case 'engine/connection': {
        const isAway = (message.payload as IpcPushes['engine/connection']).status === 'away';
        tell({ isAway });
        if (!isAway) look();
        return;
      }
      case 'engine/event': {
        const { Type, Action } = message.payload as IpcPushes['engine/event'];
        if (Type === 'container' && !silent.test(Action)) look();
        return;
      }
      case 'app/place':
        return;
    }
  });
  return {
    close() {
      isClosed = true;
      stop();
      clearTimeout(timer);
    },
  };
}
