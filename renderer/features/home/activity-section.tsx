import { Box, HardDrive, Layers, Network } from 'lucide-react';
import { Fragment, useMemo } from 'react';
import { agoText, formatAge } from '../../format/age.ts';
import { tellHappenings, type Happening } from '../../format/engine/activity.ts';
import { t } from '../../i18n/i18n.ts';
import { useActivity } from '../../stores/activity.ts';
import { wasMissed } from '../../stores/last-seen.ts';
import { useClock } from '../../stores/window/clock.ts';
import { Rich } from '../../i18n/rich.tsx';
import { Card } from './card.tsx';

const shownAtMost = 8;
const icons = { container: Box, image: Layers, volume: HardDrive, network: Network } as const;

/** What happened lately, whoever did it: from the engine's events. */
export function ActivitySection() {
  const { status, known } = useActivity();
  const happenings = useMemo(() => tellHappenings(known, shownAtMost), [known]);
  // Ages of seconds would make every row change with every tick.
  const now = useClock((state) => Math.floor(state.now / 10_000) * 10_000);
  if (status === 'unread') return null;
  return (
    <Card title={t('home:activity.title')} note={t('home:activity.note')}>
      {happenings.length === 0 ? (
        <p className="home-row home-row--more">{t('home:activity.none')}</p>
      ) : (
        <ul className="home-rows">
          {happenings.map((one, index) => (
            <Fragment key={one.key}>
              {wasMissed(one.at) && !(index > 0 && wasMissed(happenings[index - 1]?.at ?? 0)) && <li className="home-row home-row--small home-row--missed">{t('home:activity.missed')}</li>}
              <Row happening={one} now={now} />
            </Fragment>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Row({ happening: { action, name, at, exitCode }, now }: { happening: Happening; now: number }) {
  const Icon = icons[action.slice(0, action.indexOf('.')) as keyof typeof icons];
  const isTrouble = action === 'container.oom' || action === 'container.unhealthy' || (action === 'container.die' && exitCode !== 0);
  return (
    <li className="home-row home-row--small">
      <Icon size={14} strokeWidth={1.75} aria-hidden="true" className={isTrouble ? 'home-row__sig' : undefined} />
      <span className="home-row__event isolated">
        <Rich text={`home:activity.${action}`} values={{ name, code: exitCode ?? 0 }} />
      </span>
      <time className="numbers" dateTime={new Date(at).toISOString()}>
        {agoText(formatAge({ at, tolerance: 0 }, Math.max(at, now)))}
      </time>
    </li>
  );
}
