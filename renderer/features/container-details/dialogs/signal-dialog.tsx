import { useState } from 'react';
import { Select } from '../../../components/controls/select.tsx';
import type { ContainerView } from '../../../format/engine/container.ts';
import { commandText, docker } from '../../../format/engine/docker-command.ts';
import { t } from '../../../i18n/i18n.ts';
import { signalContainer } from '../../../stores/containers/change-container.ts';
import { ActionForm, FormLine } from './action-form.tsx';

const signals = ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGKILL'] as const;

/** `docker kill` with any of the signals that programs listen to. */
export function SignalDialog({ view, onClose }: { view: ContainerView; onClose(): void }) {
  const [signal, setSignal] = useState<(typeof signals)[number]>('SIGHUP');
  return (
    <ActionForm
      title={t('container-details:signal.title', { name: view.name })}
      body={t('container-details:signal.body')}
      command={commandText(docker.signal(view.name, signal))}
      confirm={t('container-details:signal.confirm', { signal })}
      isDisabled={false}
      act={() => signalContainer(view, signal)}
      onClose={onClose}
    >
      <FormLine id="signal-name" label={t('container-details:signal.name')}>
        <Select look="tall" id="signal-name" data-first value={signal} onChange={(event) => setSignal(event.target.value as typeof signal)}>
          {signals.map((name) => (
            <option key={name} value={name}>
              {`${name} – ${t(`container-details:signal.meanings.${name}`)}`}
            </option>
          ))}
        </Select>
      </FormLine>
    </ActionForm>
  );
}
