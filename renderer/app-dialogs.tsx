import { lazy, Suspense, type ReactNode } from 'react';
import { RemoveDialog } from './features/containers/remove-dialog.tsx';
import { PruneImagesDialog, PushDialog, TagDialog } from './features/images/image-dialogs.tsx';
import { PullDialog } from './features/images/pull-dialog.tsx';
import { RemoveImageDialog } from './features/images/remove-image-dialog.tsx';
import { Palette } from './features/palette/palette.tsx';
import { StopEngineDialog } from './features/settings/stop-engine-dialog.tsx';
import { HistoryDialog } from './features/shell/history-dialog.tsx';
import { KeysDialog } from './features/shell/keys-dialog.tsx';
import { ResetDiskDialog } from './features/start-up/reset-disk-dialog.tsx';
import { closeDialog, useDialogs } from './stores/window/dialogs.ts';

const FolderDialog = lazy(() => import('./features/folders/folder-dialog.tsx'));
const ExportDialog = lazy(() => import('./features/data/export-dialog.tsx'));
const ImportDialog = lazy(() => import('./features/data/import-dialog.tsx'));
const ContainerDialog = lazy(() => import('./features/container-details/dialogs/container-dialog.tsx'));

/** The one dialog that is open, whichever feature brings it. */
export function AppDialogs(): ReactNode {
  const dialog = useDialogs((state) => state.dialog);
  switch (dialog?.kind) {
    case undefined:
      return null;
    case 'remove-containers':
      return <RemoveDialog ids={dialog.ids} onClose={closeDialog} />;
    case 'container-action':
      return (
        <Suspense>
          <ContainerDialog action={dialog.action} id={dialog.id} onClose={closeDialog} />
        </Suspense>
      );
    case 'remove-image':
      return <RemoveImageDialog reference={dialog.reference} imageId={dialog.imageId} onClose={closeDialog} />;
    case 'pull':
      return <PullDialog reference={dialog.reference} onClose={closeDialog} />;
    case 'tag-image':
      return <TagDialog reference={dialog.reference} onClose={closeDialog} />;
    case 'push-image':
      return <PushDialog reference={dialog.reference} onClose={closeDialog} />;
    case 'prune-images':
      return <PruneImagesDialog onClose={closeDialog} />;
    case 'reset-data-disk':
      return <ResetDiskDialog onClose={closeDialog} />;
    case 'stop-engine':
      return <StopEngineDialog onClose={closeDialog} />;
    case 'export-data':
      return (
        <Suspense>
          <ExportDialog key={dialog.folder} folder={dialog.folder} onClose={closeDialog} />
        </Suspense>
      );
    case 'import-data':
      return (
        <Suspense>
          <ImportDialog key={dialog.folder} folder={dialog.folder} onClose={closeDialog} />
        </Suspense>
      );
    case 'pick-folder':
      return (
        <Suspense>
          <FolderDialog
            note={dialog.note}
            onPick={(path) => {
              closeDialog();
              dialog.onPick(path);
            }}
            onClose={() => {
              closeDialog();
              dialog.onDismiss();
            }}
          />
        </Suspense>
      );
    case 'history':
      return <HistoryDialog onClose={closeDialog} />;
    case 'keys':
      return <KeysDialog onClose={closeDialog} />;
    case 'palette':
      return <Palette onClose={closeDialog} />;
  }
}
