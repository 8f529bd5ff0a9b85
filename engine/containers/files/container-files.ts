import { fileAccess } from '../../lib/files/file-access.ts';
import type { FileAccess } from '../../lib/files/file-access.ts';
import { accessRules, openView } from './container-view.ts';
import type { ViewNeeds } from './container-view.ts';

/** The files of a container as its processes see them, whether it runs or not. @throws NotFoundError */
export function containerFiles(needs: ViewNeeds, reference: string): FileAccess {
  const container = needs.store.resolve(reference);
  return fileAccess((enter) => openView(needs, container, (view) => enter(view, accessRules(container))), `container ${reference}`);
}
