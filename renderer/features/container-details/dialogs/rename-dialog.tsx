import { useState } from 'react';
import { Field } from '../../../components/controls/field.tsx';
import type { ContainerView } from '../../../format/engine/container.ts';
import { commandText, docker } from '../../../format/engine/docker-command.ts';
import { t } from '../../../i18n/i18n.ts';
import { renameContainer } from '../../../stores/containers/change-container.ts';
import { useContainers } from '../../../stores/containers/containers.ts';
import { ActionForm, FormLine } from './action-form.tsx';
import { problemOfName } from './problems.ts';

export function RenameDialog({ view, onClose }: { view: ContainerView; onClose(): void }) {
  const [name, setName] = useState(view.name);
  const containers = useContainers((state) => state.containers);
  const isSame = name.trim() === view.name;
  const problem = isSame ? undefined : problemOfName(name.trim(), containers);
  return (
    <ActionForm
      title={t('container-details:rename.title', { name: view.name })}
      body={t('container-details:rename.body')}
      command={commandText(docker.rename(view.name, name.trim() || 'NAME'))}
      confirm={t('container-details:rename.confirm')}
      isDisabled={isSame || problem !== undefined}
      act={() => renameContainer(view, name.trim())}
      onClose={onClose}
    >
      <FormLine id="rename-name" label={t('container-details:rename.name')} message={name.trim() === '' ? undefined : problem}>
        <Field id="rename-name" mono data-first value={name} wrong={problem !== undefined && name.trim() !== ''} aria-describedby={problem === undefined ? undefined : 'rename-name-message'} onChange={(event) => setName(event.target.value)} onFocus={(event) => event.target.select()} />
      </FormLine>
    </ActionForm>
  );
}
