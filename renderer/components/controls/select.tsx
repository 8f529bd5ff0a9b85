import { ChevronDown } from 'lucide-react';
import type { ComponentProps } from 'react';

/** The platform's own list, in our frame: it knows keyboard and screen reader on every system. */
export function Select({ tall = false, className, ...rest }: ComponentProps<'select'> & { tall?: boolean }) {
  return (
    <span className={['select', tall && 'select--tall', className].filter(Boolean).join(' ')}>
      <select {...rest} />
      <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
    </span>
  );
}
