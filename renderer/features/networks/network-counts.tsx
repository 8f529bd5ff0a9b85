import { useNetworks } from '../../stores/networks.ts';

export function NetworkCounts() {
  const count = useNetworks(({ status, networks }) => (status === 'ready' ? networks.length : undefined));
  return count === undefined ? null : <span className="nav__count numbers">{count}</span>;
}
