import { useVolumes } from '../../stores/volumes.ts';

export function VolumeCounts() {
  const count = useVolumes(({ status, volumes }) => (status === 'ready' ? volumes.length : undefined));
  return count === undefined ? null : <span className="nav__count numbers">{count}</span>;
}
