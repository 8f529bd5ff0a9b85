import type { ReactNode } from 'react';
import './data-table.css';

export interface UsersCellProps {
  users: readonly { key: string; name: string; href: string; glyph?: ReactNode }[];
  /** Where there is none. */
  nobody: string;
  /** So many besides the first. */
  more(count: number): string;
  tabIndex: 0 | -1;
}

/** Who uses the thing of the row: the first, and how many more. */
export function UsersCell({ users: [first, ...others], nobody, more, tabIndex }: UsersCellProps) {
  return (
    <span className="users-cell">
      {first === undefined ? (
        <small>{nobody}</small>
      ) : (
        <>
          {first.glyph}
          <a className="cut isolated" href={first.href} tabIndex={tabIndex} data-tip={first.name} data-tip-cut="">
            {first.name}
          </a>
          {others.length > 0 && <small>{more(others.length)}</small>}
        </>
      )}
    </span>
  );
}
