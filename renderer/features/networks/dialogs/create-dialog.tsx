import { Plus } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import { Button } from '../../../components/controls/button.tsx';
import { Checkbox } from '../../../components/controls/checkbox.tsx';
import { Field, FieldMessage } from '../../../components/controls/field.tsx';
import { Segments } from '../../../components/controls/segments.tsx';
import { Dialog, DialogBody, DialogCommand, DialogFoot } from '../../../components/overlay/dialog.tsx';
import { asFailure } from '../../../api.ts';
import { commandText } from '../../../format/engine/docker-command.ts';
import type { NetworkView } from '../../../format/engine/network.ts';
import { sentences } from '../../../format/sentence.ts';
import { t } from '../../../i18n/i18n.ts';
import { createCommand, createNetwork, type NewNetwork } from '../../../stores/networks.ts';
import { showToast } from '../../../stores/window/toasts.ts';
import { problemsOfNetwork } from './problems.ts';

const empty: NewNetwork = { name: '', driver: 'bridge', subnet: '', gateway: '', range: '', parent: '', subnet6: '', isInternal: false, hasIpv6: false };

export function CreateNetworkDialog({ views, onClose }: { views: readonly NetworkView[]; onClose(): void }) {
  const [form, setForm] = useState(empty);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [refusal, setRefusal] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const problems = problemsOfNetwork(form, views);
  const change = (part: Partial<NewNetwork>): void => {
    setForm({ ...form, ...part });
    setRefusal(undefined);
  };

  async function create(): Promise<void> {
    setTouched(new Set(Object.keys(form)));
    if (Object.keys(problems).length > 0 || isBusy) return;
    setBusy(true);
    try {
      await createNetwork(form);
      onClose();
      showToast({ kind: 'good', title: t('networks:created', { name: form.name.trim() }) });
    } catch (error) {
      const failure = asFailure(error);
      setRefusal(sentences(failure.message, failure.hint));
      setBusy(false);
    }
  }

  const line = (field: 'name' | 'subnet' | 'gateway' | 'range' | 'parent' | 'subnet6', placeholder: string, isFirst = false): ReactNode => (
    <Line
      label={t(`networks:form.${field}`)}
      placeholder={placeholder}
      value={form[field]}
      isFirst={isFirst}
      problem={touched.has(field) ? problems[field] : undefined}
      onValue={(value) => change({ [field]: value })}
      onLeave={() => form[field] !== '' && setTouched(new Set([...touched, field]))}
    />
  );

  return (
    <Dialog title={t('networks:form.title')} size="wide" onClose={onClose}>
      <DialogBody>{t('networks:form.body')}</DialogBody>
      <form
        className="net-form"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        {line('name', 'shop_backend', true)}
        <div className="net-form__line">
          <span>{t('networks:form.driver')}</span>
          <Segments label={t('networks:form.driver')} value={form.driver} onPick={(driver) => change({ driver })} segments={(['bridge', 'macvlan', 'ipvlan'] as const).map((value) => ({ value, label: value }))} />
        </div>
        {form.driver !== 'bridge' && line('parent', 'eth0')}
        {line('subnet', t('networks:form.chosen', { example: '172.30.0.0/16' }))}
        {line('gateway', t('networks:form.chosen', { example: '172.30.0.1' }))}
        {line('range', t('networks:form.all', { example: '172.30.5.0/24' }))}
        <label className="net-form__check">
          <Checkbox label={t('networks:form.internal')} state={form.isInternal} onChange={(event) => change({ isInternal: event.target.checked })} />
          <span>
            {t('networks:form.internal')}
            <small>{t('networks:form.internalHint')}</small>
          </span>
        </label>
        <label className="net-form__check">
          <Checkbox label={t('networks:form.ipv6')} state={form.hasIpv6} onChange={(event) => change({ hasIpv6: event.target.checked })} />
          <span>{t('networks:form.ipv6')}</span>
        </label>
        {form.hasIpv6 && line('subnet6', t('networks:form.chosen', { example: 'fd00:30::/64' }))}
        {refusal !== undefined && (
          <div role="alert" className="selectable isolated">
            <FieldMessage>{refusal}</FieldMessage>
          </div>
        )}
        <button type="submit" hidden />
      </form>
      <DialogCommand>{commandText(createCommand(form))}</DialogCommand>
      <DialogFoot>
        <Button keys="esc" onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <Button kind="primary" keys="enter" icon={<Plus size={14} strokeWidth={1.75} aria-hidden="true" />} disabled={isBusy} onClick={() => void create()}>
          {t('networks:form.confirm')}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}

export interface LineProps {
  label: string;
  placeholder: string;
  value: string;
  problem: string | undefined;
  isFirst?: boolean;
  onValue(value: string): void;
  onLeave?(): void;
}

/** A labelled field of these dialogs with the sentence that says what to change. */
export function Line({ label, placeholder, value, problem, isFirst = false, onValue, onLeave }: LineProps) {
  const id = useId();
  return (
    <div className="net-form__line">
      <label htmlFor={id}>{label}</label>
      <div>
        <Field
          id={id}
          mono
          placeholder={placeholder}
          value={value}
          wrong={problem !== undefined}
          aria-describedby={problem === undefined ? undefined : `${id}-problem`}
          {...(isFirst ? { 'data-first': true } : {})}
          onChange={(event) => onValue(event.target.value)}
          onBlur={onLeave}
        />
        {problem !== undefined && <FieldMessage id={`${id}-problem`}>{problem}</FieldMessage>}
      </div>
    </div>
  );
}
