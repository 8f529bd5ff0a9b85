import type { ReactNode } from 'react';
import './layout.css';

/** What is, and what to do, in place of a page's content. */
export function Notice({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="notice" role="status">
      <h2>{title}</h2>
      <div className="selectable isolated">{children}</div>
      {action}
    </div>
  );
}
