import { create } from 'zustand';
import type { IpcFailure } from '../../api.ts';
import { formatRoute, useNavigation, type Route } from './navigation.ts';
import { notice } from './notices.ts';
import { showToast } from './toasts.ts';
import { sentences } from '../../format/sentence.ts';

export type TaskKind = 'pull' | 'push' | 'load' | 'save' | 'upload' | 'download' | 'backup' | 'restore' | 'commit' | 'prune' | 'build';

/** Work that takes longer than a glance. It goes on while other pages are shown, and stays in the list until it is dismissed. */
export interface Task {
  key: string;
  kind: TaskKind;
  /** What is worked on, as a person calls it. */
  subject: string;
  /** The page where it was begun, or where its result can be seen. */
  route: Route;
  /** Milliseconds since the epoch. */
  startedAt: number;
  status: 'running' | 'done' | 'failed' | 'cancelled';
  /** What it does just now, or what came of it. */
  note: string;
  /** Bytes, when they are known. */
  done: number | undefined;
  total: number | undefined;
  failure: IpcFailure | undefined;
  /** Absent when it cannot be stopped any more. */
  cancel: (() => void) | undefined;
}

export const useTasks = create<{ tasks: Task[] }>(() => ({ tasks: [] }));

const endedKept = 30;
/** What took less was waited for, or was no matter. */
const longWorkMs = 3_000;
let nextKey = 1;

export interface NewTask {
  kind: TaskKind;
  subject: string;
  /** Absent: the page that is shown now. */
  route?: Route;
  cancel?(): void;
  /** The words of the toast when it ended well while the person looked at something else. */
  doneTitle: string;
  failedTitle: string;
}

export interface RunningTask {
  readonly key: string;
  tell(fields: Partial<Pick<Task, 'note' | 'done' | 'total' | 'subject' | 'cancel'>>): void;
  done(note?: string): void;
  failed(failure: IpcFailure): void;
  cancelled(): void;
}

function change(key: string, fields: Partial<Task>): void {
  useTasks.setState(({ tasks }) => ({ tasks: tasks.map((task) => (task.key === key ? { ...task, ...fields } : task)) }));
}

/** Puts work into the task centre; its owner tells how it goes. */
export function beginTask({ kind, subject, route = useNavigation.getState().route, cancel, doneTitle, failedTitle }: NewTask): RunningTask {
  const key = `task-${nextKey++}`;
  const task: Task = { key, kind, subject, route, startedAt: Date.now(), status: 'running', note: '', done: undefined, total: undefined, failure: undefined, cancel };
  useTasks.setState(({ tasks }) => {
    const ended = tasks.filter(({ status }) => status !== 'running');
    return { tasks: [...tasks.filter((one) => one.status === 'running' || ended.indexOf(one) >= ended.length - endedKept), task] };
  });
  const isElsewhere = (): boolean => document.hidden || formatRoute(useNavigation.getState().route) !== formatRoute(route);
  const tellSystem = (title: string, body: string): void => {
    if (Date.now() - task.startedAt >= longWorkMs) notice({ title, body, route });
  };
  return {
    key,
    tell: (fields) => change(key, fields),
    done(note = '') {
      change(key, { status: 'done', note, cancel: undefined });
      if (isElsewhere()) showToast({ kind: 'good', title: doneTitle });
      tellSystem(doneTitle, note);
    },
    failed(failure) {
      change(key, { status: 'failed', note: '', failure, cancel: undefined });
      // Where it was begun the page tells it, with the steps; a toast would say it twice.
      if (isElsewhere()) showToast({ kind: 'trouble', title: failedTitle, detail: sentences(failure.message, failure.hint) });
      tellSystem(failedTitle, sentences(failure.message, failure.hint));
    },
    cancelled: () => change(key, { status: 'cancelled', note: '', cancel: undefined }),
  };
}

/** Takes an ended task off the list. */
export function dismissTask(key: string): void {
  useTasks.setState(({ tasks }) => ({ tasks: tasks.filter((task) => task.key !== key || task.status === 'running') }));
}

export function dismissEnded(): void {
  useTasks.setState(({ tasks }) => ({ tasks: tasks.filter(({ status }) => status === 'running') }));
}
