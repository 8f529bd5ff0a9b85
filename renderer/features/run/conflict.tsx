import { Square } from 'lucide-react';
import { Button } from '../../components/controls/button.tsx';
import { spellAge } from '../../format/age.ts';
import { isUp } from '../../format/engine/container.ts';
import { shownState } from '../../format/engine/row-state.ts';
import { useClock } from '../../stores/window/clock.ts';
import { act } from '../../stores/containers/container-actions.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { openDialog } from '../../stores/window/dialogs.ts';
import { formatRoute } from '../../stores/window/navigation.ts';
import type { Problem } from './draft/problems.ts';
import { text } from './text.ts';

interface ConflictProps {
  id: string;
  problem: Problem;
  onUse(instead: string): void;
}

function HolderLink({ id, name }: { id: string; name: string }) {
  return (
    <a className="isolated" href={formatRoute({ page: 'container', id, tab: 'overview' })}>
      <strong>{name}</strong>
    </a>
  );
}

/** Who holds the port, and the two ways out. */
export function PortConflict({ id, problem, onUse }: ConflictProps) {
  const { holder, port = 0, instead } = problem;
  const now = useClock((state) => state.now);
  const isStopping = useContainers(({ pending }) => holder !== undefined && pending[holder.id] !== undefined);
  return (
    <div className="conflict" id={id} role="status">
      {holder === undefined ? (
        text.taken.other(port)
      ) : (
        <>
          <strong>{text.taken.port(port)}</strong> <HolderLink id={holder.id} name={holder.name} />
          {holder.since === undefined ? '.' : text.taken.since(spellAge(holder.since, now))}
        </>
      )}
      <div className="conflict__steps">
        {instead !== undefined && (
          <Button size="small" onClick={() => onUse(instead)}>
            {text.taken.useInstead(instead)}
          </Button>
        )}
        {holder !== undefined && (
          <Button size="small" disabled={isStopping} icon={<Square size={9} fill="currentColor" aria-hidden="true" />} onClick={() => void act('stop', [holder.id])}>
            {text.taken.stop(holder.name)}
          </Button>
        )}
      </div>
    </div>
  );
}

export function NameConflict({ id, problem, onUse }: ConflictProps) {
  const { holder, instead } = problem;
  if (holder === undefined) return null;
  return (
    <div className="conflict" id={id} role="status">
      <strong>{text.taken.name}</strong> <HolderLink id={holder.id} name={holder.name} />
      {text.taken.nameState(shownState(holder, undefined).word)}
      <div className="conflict__steps">
        {instead !== undefined && (
          <Button size="small" onClick={() => onUse(instead)}>
            {text.taken.useInstead(instead)}
          </Button>
        )}
        <Button size="small" disabled={isUp(holder.condition) && holder.condition === 'restarting'} onClick={() => openDialog({ kind: 'remove-containers', ids: [holder.id] })}>
          {text.taken.remove(holder.name)}
        </Button>
      </div>
    </div>
  );
}
