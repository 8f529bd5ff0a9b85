import { Link2 } from 'lucide-react';
import { useId, useState } from 'react';
import { Button } from '../../../components/controls/button.tsx';
import { FieldMessage } from '../../../components/controls/field.tsx';
import { Select } from '../../../components/controls/select.tsx';
import { Dialog, DialogBody, DialogCommand, DialogFoot } from '../../../components/overlay/dialog.tsx';
import { asFailure } from '../../../api.ts';
import { commandText } from '../../../format/engine/docker-command.ts';
import type { NetworkView } from '../../../format/engine/network.ts';
import { sentences } from '../../../format/sentence.ts';
import { t } from '../../../i18n/i18n.ts';
import { compareNames } from '../../../i18n/intl.ts';
import { useContainers } from '../../../stores/containers/containers.ts';
import { connect, connectCommand } from '../../../stores/networks.ts';
import { showToast } from '../../../stores/window/toasts.ts';
import { Line } from './create-dialog.tsx';
import { problemOfAddress } from './problems.ts';

export function ConnectDialog({ view, onClose }: { view: NetworkView; onClose(): void }) {
  const containers = useContainers((state) => state.containers);
  const free = containers
    // Docker connects nothing to a container that uses the machine's or another container's network.
    .filter(({ id, summary }) => !view.attached.some((one) => one.container.id === id) && !/^(?:host|none|container:)/.test(summary.HostConfig.NetworkMode))
    .sort((a, b) => compareNames(a.name, b.name));
  const [picked, pick] = useState('');
  const [aliases, setAliases] = useState('');
  const [address, setAddress] = useState('');
  const [refusal, setRefusal] = useState<string>();
  const id = useId();
  const container = free.find((one) => one.id === picked) ?? free[0];
  const problem = problemOfAddress(address, view);
  const names = aliases.split(/[\s,]+/).filter((name) => name !== '');
  const endpoint = { ...(address.trim() === '' ? {} : { IPAMConfig: { IPv4Address: address.trim() } }), ...(names.length === 0 ? {} : { Aliases: names }) };

  async function act(): Promise<void> {
    if (container === undefined || problem !== undefined) return;
    try {
      await connect(view, container.id, endpoint);
      onClose();
      showToast({ kind: 'good', title: t('networks:connected', { container: container.name, network: view.name }) });
    } catch (error) {
      const failure = asFailure(error);
      setRefusal(sentences(failure.message, failure.hint));
    }
  }

  return (
    <Dialog title={t('networks:connectTo', { name: view.name })} size="wide" onClose={onClose}>
      <DialogBody>{free.length === 0 ? t('networks:connectForm.nobody') : t('networks:connectForm.body')}</DialogBody>
      {free.length > 0 && (
        <form
          className="net-form"
          onSubmit={(event) => {
            event.preventDefault();
            void act();
          }}
        >
          <div className="net-form__line">
            <label htmlFor={id}>{t('networks:connectForm.container')}</label>
            <Select id={id} look="tall" data-first value={container?.id} onChange={(event) => pick(event.target.value)}>
              {free.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </Select>
          </div>
          <Line label={t('networks:connectForm.aliases')} placeholder={t('networks:connectForm.example')} value={aliases} problem={undefined} onValue={setAliases} />
          <Line label={t('networks:connectForm.address')} placeholder={t('networks:connectForm.free')} value={address} problem={problem} onValue={setAddress} />
          {refusal !== undefined && (
            <div role="alert" className="selectable isolated">
              <FieldMessage>{refusal}</FieldMessage>
            </div>
          )}
          <button type="submit" hidden />
        </form>
      )}
      <DialogCommand>{commandText(connectCommand(view.name, container?.name ?? 'CONTAINER', endpoint))}</DialogCommand>
      <DialogFoot>
        <Button keys="esc" onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <Button kind="primary" keys="enter" icon={<Link2 size={14} strokeWidth={1.75} aria-hidden="true" />} disabled={container === undefined || problem !== undefined} onClick={() => void act()}>
          {t('networks:connectForm.confirm')}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
