import { create } from 'zustand';

export type ContainerActionName = 'rename' | 'commit' | 'update' | 'signal';

/** What lies over the page; one at a time. */
export type Dialog =
  | { kind: 'remove-containers'; ids: readonly string[] }
  | { kind: 'container-action'; action: ContainerActionName; id: string }
  | { kind: 'remove-image'; reference: string; imageId: string }
  | { kind: 'pull'; reference: string }
  | { kind: 'tag-image'; reference: string }
  | { kind: 'push-image'; reference: string }
  | { kind: 'prune-images' }
  | { kind: 'reset-data-disk' }
  | { kind: 'stop-engine' }
  | { kind: 'export-data' | 'import-data'; folder: string }
  /** `note`: what it is for, in place of what a container makes of it. */
  | { kind: 'pick-folder'; note?: string; onPick(path: string): void; onDismiss(): void }
  | { kind: 'history' }
  | { kind: 'keys' }
  | { kind: 'palette' };

export const useDialogs = create<{ dialog: Dialog | undefined }>(() => ({ dialog: undefined }));

export const openDialog = (dialog: Dialog): void => useDialogs.setState({ dialog });
export const closeDialog = (): void => useDialogs.setState({ dialog: undefined });
