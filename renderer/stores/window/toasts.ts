import { create } from 'zustand';

export interface Toast {
  id: number;
  kind: 'good' | 'trouble';
  title: string;
  detail?: string;
  step?: { label: string; take: () => void };
}

const shownAtMost = 3;
const goodLeavesAfter = 4000;
let nextId = 1;

export const useToasts = create<{ toasts: Toast[] }>(() => ({ toasts: [] }));

/** Good news leaves by itself, trouble stays until it is dismissed. The oldest makes room for a fourth. */
export function showToast(toast: Omit<Toast, 'id'>): void {
  const id = nextId++;
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts, { ...toast, id }].slice(-shownAtMost) }));
  if (toast.kind === 'good') setTimeout(() => dismissToast(id), goodLeavesAfter);
}

export function dismissToast(id: number): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}
