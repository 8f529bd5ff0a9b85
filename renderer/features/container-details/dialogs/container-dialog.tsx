import { useContainers } from '../../../stores/containers/containers.ts';
import type { ContainerActionName } from '../../../stores/window/dialogs.ts';
import { CommitDialog } from './commit-dialog.tsx';
import { RenameDialog } from './rename-dialog.tsx';
import { SignalDialog } from './signal-dialog.tsx';
import { UpdateDialog } from './update-dialog.tsx';
import './dialogs.css';

/** The dialogs of one container. One that went meanwhile has none. */
export default function ContainerDialog({ action, id, onClose }: { action: ContainerActionName; id: string; onClose(): void }) {
  const view = useContainers(({ containers }) => containers.find((one) => one.id === id));
  if (view === undefined) return null;
  switch (action) {
    case 'rename':
      return <RenameDialog view={view} onClose={onClose} />;
    case 'commit':
      return <CommitDialog view={view} onClose={onClose} />;
    case 'update':
      return <UpdateDialog view={view} onClose={onClose} />;
    case 'signal':
      return <SignalDialog view={view} onClose={onClose} />;
  }
}
