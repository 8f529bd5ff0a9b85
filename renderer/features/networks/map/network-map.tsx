import { Laptop } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { StateGlyph } from '../../../components/drawing/state-glyph.tsx';
import type { ContainerView } from '../../../format/engine/container.ts';
import type { NetworkView } from '../../../format/engine/network.ts';
import { formatPort } from '../../../format/engine/ports.ts';
import { shownState } from '../../../format/engine/row-state.ts';
import { t } from '../../../i18n/i18n.ts';
import { formatRate } from '../../../format/usage.ts';
import { useUsage, watchUsage } from '../../../stores/containers/usage.ts';
import type { Picked } from '../picked.ts';
import { cardWidth, layoutMap, type MapLayout, type MapWire } from './map-layout.ts';
import { trafficOf } from './traffic.ts';

const trafficEveryMs = 2000;

export interface NetworkMapProps {
  views: readonly NetworkView[];
  containers: readonly ContainerView[];
  isShown(id: string): boolean;
  /** Whether the filter is met; what does not meet it stands back. */
  isMatch(name: string): boolean;
  picked: Picked | undefined;
  onPick(picked: Picked): void;
}

/** Drawn for eyes; the list view says the same in rows. Cards and names of networks are buttons in reading order. */
export function NetworkMap({ views, containers, isShown, isMatch, picked, onPick }: NetworkMapProps) {
  const layout = useMemo(() => layoutMap(views, isShown), [views, isShown]);
  const byId = useMemo(() => new Map(containers.map((container) => [container.id, container])), [containers]);
  const viewOf = (id: string): NetworkView | undefined => views.find((view) => view.id === id);
  const isPickedNetwork = (id: string): boolean => picked?.kind === 'network' && picked.id === id;
  const isPickedContainer = (id: string): boolean => picked?.kind === 'container' && picked.id === id;

  return (
    <div className="net-map" data-region="list" role="group" aria-label={t('networks:map.label')}>
      <div className="net-map__ground" style={{ width: layout.width, height: layout.height }}>
        <div className="net-map__computer">
          <Laptop size={16} strokeWidth={1.75} aria-hidden="true" />
          <strong>{t('networks:map.computer')}</strong>
          <span>localhost</span>
        </div>
        <Wires layout={layout} picked={picked} />
        <MapTraffic layout={layout} />
        {layout.berths.map(({ container, port, more, x }) => (
          <span key={`${container} ${port.publicPort} ${port.protocol}`} className="net-map__berth" style={{ left: x }} data-tip={`${formatPort(port).published}${formatPort(port).inside}`}>
            :{port.publicPort}
            {more > 0 && <small> +{more}</small>}
          </span>
        ))}
        {layout.lines.map(({ network, x1, y }) => (
          <button
            key={network.id}
            type="button"
            className="net-map__name"
            aria-pressed={isPickedNetwork(network.id)}
            data-back={!isMatch(network.name)}
            style={{ left: x1, top: y }}
            onClick={() => onPick({ kind: 'network', id: network.id })}
          >
            <strong>{network.name}</strong>
            {network.isInternal && <small>{t('networks:internal')}</small>}
            <code>{network.subnets[0] ?? network.driver}</code>
          </button>
        ))}
        {layout.cards.map(({ id, networks, x, y }) => {
          const container = byId.get(id);
          if (container === undefined) return null;
          const { shape, word, strong } = shownState(container, undefined);
          const home = viewOf(networks[0] ?? '');
          const address = home?.attached.find((one) => one.container.id === id)?.address;
          return (
            <button
              key={id}
              type="button"
              className={`net-map__card${strong ? ' net-map__card--attention' : ''}`}
              aria-pressed={isPickedContainer(id)}
              data-back={!isMatch(container.name)}
              style={{ left: x, top: y, width: cardWidth }}
              data-tip={container.name}
              onClick={() => onPick({ kind: 'container', id })}
            >
              <span>
                <StateGlyph shape={shape} />
                <span className="unseen">{container.namePrefix}</span>
                <strong className="cut">{container.name.slice(container.namePrefix.length)}</strong>
              </span>
              <span className="unseen">{t('networks:map.card', { state: word, networks: networks.map((network) => viewOf(network)?.name ?? '').join(', ') })}</span>
              <code>{networks.length > 1 ? t('networks:map.joins', { count: networks.length }) : (address ?? t('networks:noAddress'))}</code>
            </button>
          );
        })}
      </div>
    </div>
  );
}

/** Asked for only while the map is open; drawn by itself, so that a second changes figures and not the map. */
function MapTraffic({ layout }: { layout: MapLayout }) {
  const latest = useUsage((state) => state.latest);
  useEffect(() => watchUsage(trafficEveryMs), []);
  const traffic = trafficOf(layout, latest);
  return (
    <>
      <svg className="net-map__wires" width={layout.width} height={layout.height} aria-hidden="true">
        {traffic.flatMap(({ card, width }) => layout.wires.filter(({ container, kind }) => container === card.id && kind === 'network').map((wire) => <path key={`${card.id} ${wire.to}`} className="wire wire--traffic" d={pathOf(wire)} style={{ strokeWidth: width }} />))}
      </svg>
      {traffic.map(({ card, received, sent }) => (
        <span key={card.id} className="net-map__rate numbers" style={{ left: card.x + cardWidth / 2 + card.networks.length * 8, top: card.y - 34 }} aria-label={t('networks:map.traffic', { received: formatRate(received), sent: formatRate(sent) })} role="img">
          <span>↓ {formatRate(received)}</span>
          <span>↑ {formatRate(sent)}</span>
        </span>
      ))}
    </>
  );
}

function Wires({ layout, picked }: { layout: MapLayout; picked: Picked | undefined }) {
  const isLit = (wire: MapWire): boolean => (picked?.kind === 'container' ? picked.id === wire.container : picked?.kind === 'network' && wire.kind === 'network' && picked.id === wire.to);
  return (
    <svg className="net-map__wires" width={layout.width} height={layout.height} aria-hidden="true">
      {layout.lines.map(({ network, x1, x2, y }) => (
        <line key={network.id} className={picked?.kind === 'network' && picked.id === network.id ? 'wire wire--lit' : 'wire'} x1={x1} x2={x2} y1={y} y2={y} />
      ))}
      {layout.wires.map((wire) => (
        <path key={`${wire.container} ${wire.kind} ${wire.to} ${wire.x}`} className={`wire wire--${wire.kind}${isLit(wire) ? ' wire--lit' : ''}`} d={pathOf(wire)} />
      ))}
      {layout.wires.map((wire) => {
        const y = wire.kind === 'network' ? layout.lines.find(({ network }) => network.id === wire.to)?.y : undefined;
        return y === undefined ? null : <circle key={`${wire.container} ${wire.to}`} className={isLit(wire) ? 'joint joint--lit' : 'joint'} cx={wire.x} cy={y} r="3" />;
      })}
    </svg>
  );
}

/** A vertical with a small half circle at each line that it passes without joining. */
function pathOf({ x, y1, y2, hops }: MapWire): string {
  const over = hops.filter((y) => y > y1 && y < y2).map((y) => `V ${y - 5} A 5 5 0 0 1 ${x} ${y + 5}`);
  return [`M ${x} ${y1}`, ...over, `V ${y2}`].join(' ');
}
