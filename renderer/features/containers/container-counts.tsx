import { TriangleAlert } from 'lucide-react';
import { StateGlyph } from '../../components/drawing/state-glyph.tsx';
import { t } from '../../i18n/i18n.ts';
import { countContainers } from '../../stores/containers/container-list.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { useEvidence } from '../../stores/containers/evidence.ts';
import { useClock } from '../../stores/window/clock.ts';

/** How many there are, and how many of them need a person. */
export function ContainerCounts() {
  const containers = useContainers((state) => state.containers);
  const isRead = useContainers((state) => state.status === 'ready');
  const evidence = useEvidence((state) => state.byId);
  // Fresh failures age out of attention by the minute, not by the second.
  const minute = useClock(({ now }) => Math.floor(now / 60_000));
  if (!isRead) return null;
  const { attention, all } = countContainers(containers, evidence, minute * 60_000);
  return (
    <>
      {attention > 0 && (
        <span className="nav__attention numbers" data-tip={t('shell:attention', { count: attention })}>
          <TriangleAlert size={13} strokeWidth={1.9} aria-hidden="true" />
          <StateGlyph shape="unhealthy" size={10} />
          <span className="unseen">{t('shell:attention', { count: attention })}</span>
          <span aria-hidden="true">{attention}</span>
        </span>
      )}
      <span className="nav__count numbers">{all}</span>
    </>
  );
}
