import { Square } from 'lucide-react';
import { Button } from '../../components/controls/button.tsx';
import { spellAge } from '../../format/age.ts';
import { conditionWord } from '../../format/engine/container.ts';
import { useClock } from '../../stores/window/clock.ts';
import { act, renameContainer } from '../../stores/containers/container-actions.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { lookUpHostPorts, useHostPorts } from '../../stores/host-ports.ts';
import { openDialog } from '../../stores/window/dialogs.ts';
import { formatRoute } from '../../stores/window/navigation.ts';
import type { Problem } from './draft/problems.ts';
import { t } from '../../i18n/i18n.ts';
import { Rich, type Tags } from '../../i18n/rich.tsx';

interface ConflictProps {
  id: string;
  problem: Problem;
  onUse(instead: string): void;
}

const linkTo = (id: string): Tags => ({
  holder: (name) => (
    <a className="isolated" href={formatRoute({ page: 'container', id, tab: 'overview' })}>
      <strong>{name}</strong>
    </a>
  ),
});

/** Who holds the port, and the two ways out. */
export function PortConflict({ id, problem, onUse }: ConflictProps) {
  const { holder, program, port = 0, instead } = problem;
  const now = useClock((state) => state.now);
  const isStopping = useContainers(({ pending }) => holder !== undefined && pending[holder.id] !== undefined);
  return (
    <div className="conflict" id={id} role="status">
      {holder === undefined ? (
        program === undefined ? t('run:taken.other', { port }) : <Rich text="run:taken.program" values={{ port, program }} />
      ) : holder.since === undefined ? (
        <Rich text="run:taken.port" values={{ port, name: holder.name }} tags={linkTo(holder.id)} />
      ) : (
        <Rich text="run:taken.since" values={{ port, name: holder.name, age: spellAge(holder.since, now) }} tags={linkTo(holder.id)} />
      )}
      <div className="conflict__steps">
        {instead !== undefined && (
          <Button size="small" onClick={() => onUse(instead)}>
            {t('run:taken.useInstead', { what: instead })}
          </Button>
        )}
        {holder !== undefined && (
          <Button size="small" disabled={isStopping} icon={<Square size={9} fill="currentColor" aria-hidden="true" />} onClick={() => void act('stop', [holder.id])}>
            {t('run:taken.stop', { name: holder.name })}
          </Button>
        )}
        {holder === undefined && (
          <Button size="small" onClick={() => void lookUpHostPorts([...new Set([...useHostPorts.getState().taken.keys(), port])])}>
            {t('run:taken.again')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** No registry has the image: what was probably meant, and the ways on. */
export function MissingImage({ id, image, problem, onUse, onAgain }: { id: string; image: string; problem: Problem; onUse(instead: string): void; onAgain(): void }) {
  const { instead } = problem;
  return (
    <div className="conflict" id={id} role="status">
      {instead === undefined ? <Rich text="run:missing.none" values={{ image }} /> : <Rich text="run:missing.meant" values={{ image, instead }} />}
      <div className="conflict__steps">
        {instead !== undefined && (
          <Button size="small" onClick={() => onUse(instead)}>
            {t('run:missing.use', { instead })}
          </Button>
        )}
        <Button size="small" onClick={onAgain}>
          {t('run:missing.again')}
        </Button>
      </div>
    </div>
  );
}

export function NameConflict({ id, problem, onUse }: ConflictProps) {
  const { holder, instead } = problem;
  if (holder === undefined) return null;
  const { condition, exitCode, name } = holder;
  return (
    <div className="conflict" id={id} role="status">
      {condition === 'created' ? (
        <Rich text="run:taken.nameNeverRan" values={{ name }} tags={linkTo(holder.id)} />
      ) : (
        <Rich text="run:taken.name" values={{ name, state: conditionWord(condition, exitCode).toLowerCase() }} tags={linkTo(holder.id)} />
      )}
      <div className="conflict__steps">
        {instead !== undefined && (
          <Button size="small" onClick={() => onUse(instead)}>
            {t('run:taken.useInstead', { what: instead })}
          </Button>
        )}
        {instead !== undefined && (
          <Button size="small" onClick={() => void renameContainer(holder, instead)}>
            {t('run:taken.rename', { name, to: instead })}
          </Button>
        )}
        <Button size="small" disabled={condition === 'restarting'} onClick={() => openDialog({ kind: 'remove-containers', ids: [holder.id] })}>
          {t('run:taken.remove', { name })}
        </Button>
      </div>
    </div>
  );
}
