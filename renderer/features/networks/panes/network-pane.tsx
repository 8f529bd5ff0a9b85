import { Link2, Trash2, Unlink2, X } from 'lucide-react';
import { Button, IconButton, LinkButton } from '../../../components/controls/button.tsx';
import { StateGlyph } from '../../../components/drawing/state-glyph.tsx';
import type { Attachment, NetworkView } from '../../../format/engine/network.ts';
import { shownState } from '../../../format/engine/row-state.ts';
import { t } from '../../../i18n/i18n.ts';
import { formatMoment } from '../../../i18n/intl.ts';
import { disconnect } from '../../../stores/networks.ts';
import { endpointOf } from './endpoint.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export interface NetworkPaneProps {
  view: NetworkView;
  onClose(): void;
  onConnect(): void;
  onRemove(): void;
  onPickContainer(id: string): void;
}

export function NetworkPane({ view, onClose, onConnect, onRemove, onPickContainer }: NetworkPaneProps) {
  const { network } = view;
  const gateways = (network.IPAM.Config ?? []).flatMap(({ Gateway }) => (Gateway === undefined || Gateway === '' ? [] : [Gateway]));
  const options = Object.entries(network.Options ?? {});
  const takesContainers = view.driver !== 'host' && view.driver !== 'null';
  return (
    <aside className="net-pane" aria-label={t('networks:pane', { name: view.name })} data-region="pane">
      <header>
        <h2 className="isolated">{view.name}</h2>
        <IconButton label={t('common:close')} onClick={onClose}>
          <X {...icon} />
        </IconButton>
      </header>
      <dl className="net-facts">
        <Fact label={t('networks:facts.driver')}>{view.driver}</Fact>
        {view.subnets.length > 0 && (
          <Fact label={t('networks:facts.subnet')}>
            <code>{view.subnets.join(' ')}</code>
          </Fact>
        )}
        {gateways.length > 0 && (
          <Fact label={t('networks:facts.gateway')}>
            <code>{gateways.join(' ')}</code>
          </Fact>
        )}
        <Fact label={t('networks:facts.outside')}>{view.isInternal || view.driver === 'null' ? t('networks:facts.noWayOut') : t('networks:facts.wayOut')}</Fact>
        {view.project !== undefined && <Fact label={t('networks:facts.project')}>{view.project}</Fact>}
        <Fact label={t('networks:facts.created')}>{formatMoment(Date.parse(network.Created))}</Fact>
        <Fact label={t('networks:facts.id')}>
          <code>{view.id.slice(0, 12)}</code>
        </Fact>
        {options.map(([name, value]) => (
          <Fact key={name} label={name}>
            <code>{value}</code>
          </Fact>
        ))}
      </dl>
      <h3>{t('networks:attached', { count: view.attached.length })}</h3>
      {view.attached.length === 0 && <p className="net-pane__none">{t('networks:nobodyHere')}</p>}
      <ul>
        {view.attached.map((one) => (
          <AttachedLine key={one.container.id} view={view} attachment={one} onPick={() => onPickContainer(one.container.id)} />
        ))}
      </ul>
      <div className="net-pane__actions">
        {takesContainers && (
          <Button icon={<Link2 {...icon} />} onClick={onConnect}>
            {t('networks:connect')}
          </Button>
        )}
        {!view.isBuiltIn && (
          <Button kind="danger-text" icon={<Trash2 {...icon} />} onClick={onRemove}>
            {t('networks:remove')}
          </Button>
        )}
      </div>
    </aside>
  );
}

function AttachedLine({ view, attachment: { container, address, address6 }, onPick }: { view: NetworkView; attachment: Attachment; onPick(): void }) {
  const { shape, word } = shownState(container, undefined);
  return (
    <li>
      <span className="net-pane__who">
        <StateGlyph shape={shape} />
        <LinkButton className="cut isolated" data-tip={`${container.name}, ${word}`} onClick={onPick}>
          {container.name}
        </LinkButton>
        <span className="unseen">{word}</span>
      </span>
      <code className="selectable">{address ?? t('networks:noAddress')}</code>
      {address6 !== undefined && <code className="selectable">{address6}</code>}
      <IconButton label={t('networks:disconnectName', { name: container.name })} onClick={() => void disconnect(view, container, endpointOf(container, view))}>
        <Unlink2 {...icon} />
      </IconButton>
    </li>
  );
}

export function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <dt className="isolated">{label}</dt>
      <dd className="selectable isolated">{children}</dd>
    </div>
  );
}
