import type { ReactNode } from 'react';
import './layout.css';
import './list.css';

/** A page's frame: top bar (also the drag region of the window), then whatever it brings. */
export function Page({ label, bar, children }: { label: string; bar: ReactNode; children: ReactNode }) {
  return (
    <section className="page" aria-label={label}>
      <header className="top-bar" data-region="top">
        {bar}
      </header>
      {children}
    </section>
  );
}

export function SubBar({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    <div className={['sub-bar', className].filter(Boolean).join(' ')} role="toolbar" aria-label={label} data-region="sub">
      {children}
    </div>
  );
}
