import { useId, type ReactNode } from 'react';

/** A part of the page: its name, one quiet fact beside it, and at most one way on. */
export function Card({ title, note, action, isBare = false, children }: { title: string; note?: ReactNode; action?: ReactNode; isBare?: boolean; children: ReactNode }) {
  const id = useId();
  return (
    <section className="home-part" aria-labelledby={id}>
      <header className="home-part__head">
        <h2 id={id}>{title}</h2>
        {note !== undefined && <small className="numbers">{note}</small>}
        <span className="home-part__gap" />
        {action}
      </header>
      {isBare ? children : <div className="home-card">{children}</div>}
    </section>
  );
}
