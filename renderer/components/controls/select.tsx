import { ChevronDown } from 'lucide-react';
import type { ComponentProps } from 'react';

/** The platform's own list, in our frame: it knows keyboard and screen reader on every system. */
export function Select({ look, className, ...rest }: ComponentProps<'select'> & { look?: 'tall' | 'quiet' }) {
  return (
    <span className={['select', look !== undefined && `select--${look}`, className].filter(Boolean).join(' ')}>
      <select {...rest} />
      <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
    </span>
  );
}
