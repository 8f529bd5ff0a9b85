import type { MouseEvent } from 'react';
import { formatPort, type PortView } from '../../format/ports.ts';

export interface PortLinksProps {
  ports: readonly PortView[];
  onFollow(event: MouseEvent<HTMLAnchorElement>): void;
  tabIndex?: number;
  /** So many at most; the rest as a count. */
  atMost?: number;
}

/** Published ports open in the browser; ports that stay inside are quiet and no link. */
export function PortLinks({ ports, onFollow, tabIndex, atMost = ports.length }: PortLinksProps) {
  if (ports.length === 0) return <span className="ports__none">–</span>;
  const shown = ports.slice(0, atMost);
  return (
    <span className="ports mono" title={ports.map((port) => Object.values(formatPort(port)).join('')).join('  ')}>
      {shown.map((port) => {
        const { published, inside } = formatPort(port);
        return (
          <span key={`${published}${inside}`}>
            {port.url === undefined ? (
              <span className={published === '' ? undefined : 'ports__published'}>{published}</span>
            ) : (
              <a href={port.url} target="_blank" rel="noopener noreferrer" tabIndex={tabIndex} onClick={onFollow} title={port.url}>
                {published}
              </a>
            )}
            {inside}
          </span>
        );
      })}
      {ports.length > shown.length && <span>+{ports.length - shown.length}</span>}
    </span>
  );
}
