import { useState } from 'react';
import type { HostConfig } from '../../../../contract/engine-api/container.ts';
import { Field } from '../../../components/controls/field.tsx';
import { Select } from '../../../components/controls/select.tsx';
import type { ContainerView } from '../../../format/engine/container.ts';
import { commandText } from '../../../format/engine/docker-command.ts';
import { t } from '../../../i18n/i18n.ts';
import { updateContainer } from '../../../stores/containers/change-container.ts';
import { showToast } from '../../../stores/window/toasts.ts';
import { useInspect } from '../use-inspect.ts';
import { ActionForm, FormLine } from './action-form.tsx';
import { limitsOf, problemsOf, restartPolicies, updateOf, type Limits } from './problems.ts';

/** Limits and restart policy, changed while it runs. */
export function UpdateDialog({ view, onClose }: { view: ContainerView; onClose(): void }) {
  const { inspect } = useInspect(view);
  // What is set now is read first: a form that guesses it would change what nobody meant.
  return inspect === undefined ? null : <UpdateForm view={view} host={inspect.HostConfig} onClose={onClose} />;
}

function UpdateForm({ view, host, onClose }: { view: ContainerView; host: HostConfig; onClose(): void }) {
  const [before] = useState(() => limitsOf(host));
  const [limits, setLimits] = useState<Limits>(before);
  const problems = problemsOf(limits, before);
  const { command, body } = updateOf(view.name, limits, before, host);
  const isChanged = Object.keys(body).length > 0;
  const set = (fields: Partial<Limits>): void => setLimits({ ...limits, ...fields });
  return (
    <ActionForm
      title={t('container-details:update.title', { name: view.name })}
      body={t('container-details:update.body')}
      command={commandText(command)}
      confirm={t('container-details:update.confirm')}
      isDisabled={!isChanged || Object.keys(problems).length > 0}
      act={async () => {
        const warnings = await updateContainer(view, command, body);
        if (warnings.length > 0) showToast({ kind: 'trouble', title: t('container-details:update.warned'), detail: warnings.join(' ') });
      }}
      onClose={onClose}
    >
      <FormLine id="update-memory" label={t('container-details:facts.memory')} message={problems.memory}>
        <Field id="update-memory" mono data-first placeholder={t('container-details:values.noLimit')} value={limits.memory} wrong={problems.memory !== undefined} onChange={(event) => set({ memory: event.target.value })} />
      </FormLine>
      <FormLine id="update-cpus" label={t('container-details:facts.cpus')} message={problems.cpus}>
        <Field id="update-cpus" mono inputMode="decimal" placeholder={t('container-details:values.noLimit')} value={limits.cpus} wrong={problems.cpus !== undefined} onChange={(event) => set({ cpus: event.target.value })} />
      </FormLine>
      <FormLine id="update-pids" label={t('stats:processes')} message={problems.pids}>
        <Field id="update-pids" mono inputMode="numeric" placeholder={t('container-details:values.noLimit')} value={limits.pids} wrong={problems.pids !== undefined} onChange={(event) => set({ pids: event.target.value })} />
      </FormLine>
      <FormLine id="update-restart" label={t('container-details:facts.restart')}>
        <Select look="tall" id="update-restart" value={limits.restart} onChange={(event) => set({ restart: event.target.value as Limits['restart'] })}>
          {restartPolicies.map((name) => (
            <option key={name} value={name}>
              {t(`container-details:restartPolicy.${name as 'no'}`)}
            </option>
          ))}
        </Select>
      </FormLine>
      {limits.restart === 'on-failure' && (
        <FormLine id="update-retries" label={t('container-details:update.retries')} message={problems.retries}>
          <Field id="update-retries" mono inputMode="numeric" value={limits.retries} wrong={problems.retries !== undefined} onChange={(event) => set({ retries: event.target.value })} />
        </FormLine>
      )}
    </ActionForm>
  );
}
