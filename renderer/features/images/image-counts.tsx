import { ArrowDown } from 'lucide-react';
import { useImages } from '../../stores/images.ts';
import { useTransfers } from '../../stores/pulls.ts';

/** How many there are, and how many are on their way. */
export function ImageCounts() {
  const count = useImages(({ status, images }) => (status === 'ready' ? images.length : undefined));
  const underWay = useTransfers(({ transfers }) => transfers.filter(({ failure }) => failure === undefined).length);
  return (
    <>
      {underWay > 0 && (
        <span className="nav__busy numbers">
          <ArrowDown size={12} strokeWidth={2} aria-hidden="true" />
          {underWay}
        </span>
      )}
      {count !== undefined && <span className="nav__count numbers">{count}</span>}
    </>
  );
}
