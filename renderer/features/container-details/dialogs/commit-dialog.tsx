import { useState } from 'react';
import { Checkbox } from '../../../components/controls/checkbox.tsx';
import { Field } from '../../../components/controls/field.tsx';
import { isRunning, type ContainerView } from '../../../format/engine/container.ts';
import { commandText, docker } from '../../../format/engine/docker-command.ts';
import { problemOfReference } from '../../../format/engine/reference.ts';
import { t } from '../../../i18n/i18n.ts';
import { commitContainer } from '../../../stores/containers/change-container.ts';
import { ActionForm, FormLine } from './action-form.tsx';

export function CommitDialog({ view, onClose }: { view: ContainerView; onClose(): void }) {
  const [image, setImage] = useState(`${view.name.toLowerCase()}:snapshot`);
  const [comment, setComment] = useState('');
  const [pauses, setPauses] = useState(true);
  const reference = image.trim();
  const problem = problemOfReference(reference);
  const colon = reference.lastIndexOf(':');
  const hasTag = colon > reference.lastIndexOf('/');
  const repo = hasTag ? reference.slice(0, colon) : reference;
  const tag = hasTag ? reference.slice(colon + 1) : 'latest';
  const isLive = isRunning(view.condition);
  return (
    <ActionForm
      title={t('container-details:commit.title', { name: view.name })}
      body={t('container-details:commit.body')}
      command={commandText(docker.commit(view.name, reference || 'IMAGE', { comment, pause: pauses }))}
      confirm={t('container-details:commit.confirm')}
      isDisabled={problem !== undefined}
      act={async () => {
        const failure = await commitContainer(view, { repo, tag, comment: comment.trim(), pause: pauses });
        if (failure !== undefined) throw failure;
      }}
      onClose={onClose}
    >
      <FormLine id="commit-image" label={t('container-details:commit.image')} message={reference === '' ? undefined : problem}>
        <Field id="commit-image" mono data-first value={image} wrong={reference !== '' && problem !== undefined} onChange={(event) => setImage(event.target.value)} />
      </FormLine>
      <FormLine id="commit-comment" label={t('container-details:commit.comment')}>
        <Field id="commit-comment" value={comment} onChange={(event) => setComment(event.target.value)} />
      </FormLine>
      {isLive && (
        <label className="action-form__check">
          <Checkbox label={t('container-details:commit.pause')} state={pauses} onChange={() => setPauses(!pauses)} />
          <span aria-hidden="true">{t('container-details:commit.pause')}</span>
        </label>
      )}
    </ActionForm>
  );
}
