import { useMemo, type ReactNode } from 'react';
import { tellHappenings, type Happening } from '../../../format/engine/activity.ts';
import { Rich } from '../../../i18n/rich.tsx';
import { formatMoment } from '../../../i18n/intl.ts';
import { useActivity } from '../../../stores/activity.ts';
import { wasMissed } from '../../../stores/last-seen.ts';

const shownAtMost = 8;

/** What this container did while no window was open, newest first; nothing where nothing was missed. */
export function useMissed(id: string): readonly Happening[] {
  const known = useActivity((state) => state.known);
  return useMemo(() => tellHappenings(known.filter((one) => one.id === id && wasMissed(one.at)), shownAtMost), [known, id]);
}

export function MissedSection({ happenings }: { happenings: readonly Happening[] }): ReactNode {
  return (
    <ul className="missed">
      {happenings.map(({ key, action, name, at, exitCode }) => (
        <li key={key} className={action === 'container.oom' || action === 'container.unhealthy' || (action === 'container.die' && exitCode !== 0) ? 'missed--sig' : undefined}>
          <time className="numbers" dateTime={new Date(at).toISOString()}>
            {formatMoment(at)}
          </time>
          <span className="isolated">
            <Rich text={`home:activity.${action}`} values={{ name, code: exitCode ?? 0 }} />
          </span>
        </li>
      ))}
    </ul>
  );
}
