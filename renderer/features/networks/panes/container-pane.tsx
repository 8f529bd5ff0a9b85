import { Unlink2, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ContainerInspect } from '../../../../contract/engine-api/container.ts';
import { Button, IconButton, LinkButton } from '../../../components/controls/button.tsx';
import { StateGlyph } from '../../../components/drawing/state-glyph.tsx';
import type { ContainerView } from '../../../format/engine/container.ts';
import type { NetworkView } from '../../../format/engine/network.ts';
import { formatPort } from '../../../format/engine/ports.ts';
import { shownState } from '../../../format/engine/row-state.ts';
import { plainName } from '../../../format/sentence.ts';
import { t } from '../../../i18n/i18n.ts';
import { inspectContainer } from '../../../stores/containers/inspect.ts';
import { disconnect } from '../../../stores/networks.ts';
import { formatRoute } from '../../../stores/window/navigation.ts';
import { endpointOf } from './endpoint.ts';
import { Fact } from './network-pane.tsx';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export interface ContainerPaneProps {
  container: ContainerView;
  /** The networks that it is in. */
  views: readonly NetworkView[];
  onClose(): void;
  onPickNetwork(id: string): void;
}

/** One container from the networks' side: where it is reached, and by which names. */
export function ContainerPane({ container, views, onClose, onPickNetwork }: ContainerPaneProps) {
  const inspect = useNames(container);
  const { shape, word } = shownState(container, undefined);
  const published = container.ports.filter(({ publicPort }) => publicPort !== undefined);
  return (
    <aside className="net-pane" aria-label={t('networks:pane', { name: container.name })} data-region="pane">
      <header>
        <StateGlyph shape={shape} />
        <h2 className="isolated" data-tip={container.name} data-tip-cut="">
          {container.name}
        </h2>
        <small>{word}</small>
        <a href={formatRoute({ page: 'container', id: container.name, tab: 'overview' })}>{t('networks:open')}</a>
        <IconButton label={t('common:close')} onClick={onClose}>
          <X {...icon} />
        </IconButton>
      </header>
      <p>{t('networks:reachedBy', { count: views.length })}</p>
      {views.map((view) => {
        const attachment = view.attached.find((one) => one.container.id === container.id);
        const names = (inspect?.NetworkSettings.Networks[view.network.Name]?.DNSNames ?? attachment?.aliases ?? []).map(plainName);
        return (
          <section key={view.id}>
            <h3>
              <LinkButton className="isolated" onClick={() => onPickNetwork(view.id)}>
                {view.name}
              </LinkButton>
            </h3>
            <dl className="net-facts">
              {names.length > 0 && <Fact label={t('networks:facts.names')}>{names.join(', ')}</Fact>}
              <Fact label={t('networks:facts.address')}>
                <code>{attachment?.address ?? t('networks:noAddress')}</code>
              </Fact>
              {attachment?.address6 !== undefined && (
                <Fact label={t('networks:facts.ipv6')}>
                  <code>{attachment.address6}</code>
                </Fact>
              )}
            </dl>
            <Button size="small" icon={<Unlink2 {...icon} />} aria-label={t('networks:disconnectFrom', { network: view.name })} onClick={() => void disconnect(view, container, endpointOf(container, view))}>
              {t('networks:disconnect')}
            </Button>
          </section>
        );
      })}
      {published.length > 0 && (
        <section>
          <h3>{t('networks:published')}</h3>
          <dl className="net-facts">
            {published.map((port) => (
              <Fact key={`${port.publicPort} ${port.protocol}`} label={`:${port.publicPort}`}>
                {t('networks:leadsTo', { port: `${port.privatePort}/${port.protocol}`, shown: formatPort(port).inside })}
              </Fact>
            ))}
          </dl>
        </section>
      )}
    </aside>
  );
}

/** The list of containers leaves names out; they come with its inspection, read again when the list was. */
function useNames(container: ContainerView): ContainerInspect | undefined {
  const [inspect, setInspect] = useState<ContainerInspect>();
  useEffect(() => {
    let isCurrent = true;
    inspectContainer(container.id).then(
      (answer) => isCurrent && setInspect(answer),
      () => isCurrent && setInspect(undefined),
    );
    return () => {
      isCurrent = false;
    };
  }, [container]);
  return inspect;
}
