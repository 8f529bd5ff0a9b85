import { ChevronRight } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';

/** A folded group of fields whose right side tells the present value, in teal once it was changed. One with a problem in it stays open. */
export function Fold({ title, value, isChanged, isForcedOpen = false, children }: { title: string; value: string; isChanged: boolean; isForcedOpen?: boolean; children: ReactNode }) {
  const [isOpened, setOpened] = useState(false);
  const isOpen = isOpened || isForcedOpen;
  const id = useId();
  return (
    <div className="fold">
      <button type="button" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpened(!isOpen)}>
        <ChevronRight size={14} strokeWidth={1.75} aria-hidden="true" />
        <span>{title}</span>
        <small className={`cut isolated${isChanged ? ' fold__changed' : ''}`}>{value}</small>
      </button>
      <div className="fold__body" id={id} hidden={!isOpen}>
        {isOpen && children}
      </div>
    </div>
  );
}
