import { LinkButton } from '../../components/controls/button.tsx';
import { attentionOf } from '../../format/engine/attention.ts';
import type { ContainerView } from '../../format/engine/container.ts';
import { sentences } from '../../format/sentence.ts';
import { useClock } from '../../stores/window/clock.ts';
import { act, dismissFailure } from '../../stores/containers/container-actions.ts';
import { portHolders, useContainers } from '../../stores/containers/containers.ts';
import { useEvidence } from '../../stores/containers/evidence.ts';
import { openLogs } from './row-actions.ts';
import { t } from '../../i18n/i18n.ts';

/** One sentence below a row in trouble, with at most two links. It explains; it neither scrolls nor blinks. */
export function AttentionLine({ view, tabIndex }: { view: ContainerView; tabIndex: number }) {
  const failed = useContainers((state) => state.failures[view.id]);
  const evidence = useEvidence((state) => state.byId[view.id]);
  const minute = useClock(({ now }) => Math.floor(now / 60_000));
  const attention = attentionOf(view, evidence, minute * 60_000);

  if (failed !== undefined) {
    const holder = holderOf(failed.failure.message, view.id);
    return (
      <div className="attention attention--bad" role="row">
        <div className="attention__words selectable isolated" role="gridcell">
          <strong>{t(`containers:couldNot.${failed.verb}`)}</strong> {sentences(failed.failure.message, failed.failure.hint)}
        </div>
        <div role="gridcell" className="attention__links">
          {holder !== undefined && (
            <LinkButton tabIndex={tabIndex} onClick={() => void act('stop', [holder.id])}>
              {t('containers:stopOther', { name: holder.name })}
            </LinkButton>
          )}
          <LinkButton tabIndex={tabIndex} onClick={() => dismissFailure(view.id)}>
            {t('containers:dismiss')}
          </LinkButton>
        </div>
      </div>
    );
  }
  if (attention === undefined) return null;
  return (
    <div className="attention" role="row">
      <div className="attention__words selectable isolated" role="gridcell">
        <strong>{attention.cause}</strong> {attention.proof}
      </div>
      <div role="gridcell" className="attention__links">
        <LinkButton tabIndex={tabIndex} onClick={() => openLogs([view])}>
          {t('containers:lastLogs')}
        </LinkButton>
      </div>
    </div>
  );
}

/** The container that holds the port that the engine's sentence is about. */
function holderOf(message: string, except: string): ContainerView | undefined {
  const port = /:(\d{1,5}) failed|port (\d{1,5})\b/i.exec(message);
  const holder = port === null ? undefined : portHolders(useContainers.getState().containers).get(Number(port[1] ?? port[2]));
  return holder?.id === except ? undefined : holder;
}
