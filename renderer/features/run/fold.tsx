import { ChevronRight } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';

/** A folded group of fields whose right side tells the present value, in teal once it was changed. */
export function Fold({ title, value, isChanged, isOpenAtFirst = false, children }: { title: string; value: string; isChanged: boolean; isOpenAtFirst?: boolean; children: ReactNode }) {
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const id = useId();
  return (
    <div className="fold">
      <button type="button" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
        <ChevronRight size={14} strokeWidth={1.75} aria-hidden="true" />
        <span>{title}</span>
        <small className={`isolated${isChanged ? ' fold__changed' : ''}`}>{value}</small>
      </button>
      <div className="fold__body" id={id} hidden={!isOpen}>
        {children}
      </div>
    </div>
  );
}
