import { create } from 'zustand';

export interface Toast {
  id: number;
  kind: 'good' | 'trouble';
  title: string;
  detail?: string;
  step?: { label: string; take: () => void; /** Takes back what was just done: also by Ctrl/⌘ Z. */ isUndo?: boolean };
}

const shownAtMost = 3;
const goodLeavesAfter = 4000;
/** What can be pressed must be reachable. */
const stepLeavesAfter = 10_000;
let nextId = 1;
const timers = new Map<number, ReturnType<typeof setTimeout>>();

export const useToasts = create<{ toasts: Toast[] }>(() => ({ toasts: [] }));

/** Good news leaves by itself, trouble stays until it is dismissed. The oldest makes room for a fourth. */
export function showToast(toast: Omit<Toast, 'id'>): void {
  const id = nextId++;
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts, { ...toast, id }].slice(-shownAtMost) }));
  letGo(id);
}

export function dismissToast(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}

/** It stays while a pointer or the focus is on it. */
export function hold(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
}

export function letGo(id: number): void {
  const toast = useToasts.getState().toasts.find((one) => one.id === id);
  if (toast === undefined || toast.kind === 'trouble') return;
  clearTimeout(timers.get(id));
  timers.set(id, setTimeout(() => dismissToast(id), toast.step === undefined ? goodLeavesAfter : stepLeavesAfter));
}

/** Takes back the last thing that says it can be. False when there is none. */
export function undoLast(): boolean {
  const toast = useToasts.getState().toasts.findLast(({ step }) => step?.isUndo === true);
  if (toast === undefined) return false;
  dismissToast(toast.id);
  toast.step?.take();
  return true;
}
