import { Box, Boxes } from 'lucide-react';
import { PortLinks } from '../../components/layout/port-links.tsx';
import { isUp, type ContainerView } from '../../format/engine/container.ts';
import { t } from '../../i18n/i18n.ts';
import { compareNames } from '../../i18n/intl.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { formatRoute } from '../../stores/window/navigation.ts';
import { followLink } from '../../stores/window/open-url.ts';
import { Card } from './card.tsx';

interface Group {
  key: string;
  project: string | undefined;
  up: ContainerView[];
  total: number;
}

/** Projects first, then what stands alone; only what has something that runs. */
export function groupsOf(containers: readonly ContainerView[]): Group[] {
  const groups = new Map<string, Group>();
  for (const view of containers) {
    const key = view.project === undefined ? `container ${view.id}` : `project ${view.project}`;
    const group = groups.get(key) ?? { key, project: view.project, up: [], total: 0 };
    groups.set(key, group);
    group.total += 1;
    // What keeps restarting is told above as what it is.
    if (isUp(view.condition) && view.condition !== 'restarting') group.up.push(view);
  }
  const nameOf = ({ project, up }: Group): string => project ?? up[0]?.name ?? '';
  return [...groups.values()].filter(({ up }) => up.length > 0).sort((a, b) => Number(a.project === undefined) - Number(b.project === undefined) || compareNames(nameOf(a), nameOf(b)));
}

const shownAtMost = 8;
const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function RunningSection() {
  const containers = useContainers((state) => state.containers);
  const groups = groupsOf(containers);
  const running = groups.reduce((sum, { up }) => sum + up.length, 0);
  const projects = groups.filter(({ project }) => project !== undefined).length;
  if (running === 0) {
    return (
      <Card title={t('home:running.title')}>
        <p className="home-row home-row--more">
          <span>{containers.length === 0 ? t('home:running.none') : t('home:running.allStopped', { count: containers.length })}</span>
          <a href="#/containers">{containers.length === 0 ? t('home:running.begin') : t('home:running.show')}</a>
        </p>
      </Card>
    );
  }
  return (
    <Card title={t('home:running.title')} note={projects === 0 ? t('home:running.count', { count: running }) : `${t('home:running.count', { count: running })}, ${t('home:running.projects', { count: projects })}`}>
      <ul className="home-rows">
        {groups.slice(0, shownAtMost).map((group) => (
          <GroupRow key={group.key} group={group} />
        ))}
        {groups.length > shownAtMost && (
          <li className="home-row home-row--more">
            <a href="#/containers">{t('home:running.more', { count: groups.length - shownAtMost })}</a>
          </li>
        )}
      </ul>
    </Card>
  );
}

function GroupRow({ group: { project, up, total } }: { group: Group }) {
  const [first] = up;
  const ports = up.flatMap((view) => view.ports).filter(({ publicPort }) => publicPort !== undefined);
  return (
    <li className="home-row">
      {project === undefined ? <Box {...icon} /> : <Boxes {...icon} />}
      {project === undefined && first !== undefined ? (
        <span className="home-row__name isolated">
          <a className="cut" href={formatRoute({ page: 'container', id: first.id, tab: 'overview' })}>
            {first.name}
          </a>
          <small className="cut">{first.image}</small>
        </span>
      ) : (
        <span className="home-row__name isolated">
          <a className="cut" href="#/containers">
            {project}
          </a>
          <small className="numbers">{t('home:running.of', { up: up.length, total })}</small>
        </span>
      )}
      {ports.length > 0 && <PortLinks ports={ports} onFollow={followLink} atMost={3} />}
    </li>
  );
}
