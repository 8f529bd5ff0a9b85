import type { MouseEvent } from 'react';
import { t } from '../../i18n/i18n.ts';
import { formatPort, type PortView } from '../../format/engine/ports.ts';

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
    <span className="ports mono" data-tip-cut="" data-tip={ports.map((port) => Object.values(formatPort(port)).join('')).join('  ')}>
      {shown.map((port) => {
        const { published, inside } = formatPort(port);
        return (
          <span key={`${published}${inside}`}>
            {port.url === undefined ? (
              <span className={published === '' ? undefined : 'ports__published'}>{published}</span>
            ) : (
              <a href={port.url} target="_blank" rel="noopener noreferrer" tabIndex={tabIndex} onClick={onFollow} data-tip={port.url}>
                {published}
              </a>
            )}
            {inside !== '' && <Inside text={inside} isArrow={published !== ''} />}
          </span>
        );
      })}
      {ports.length > shown.length && <span>+{ports.length - shown.length}</span>}
    </span>
  );
}

/** The arrow is drawn: few monospaced faces have one, and a fallback's would be of another size. */
function Inside({ text, isArrow }: { text: string; isArrow: boolean }) {
  if (!isArrow) return text;
  return (
    <>
      <span className="unseen"> {t('common:portTo')} </span>
      <svg className="ports__arrow" width="9" height="8" viewBox="0 0 9 8" fill="none" stroke="currentColor" aria-hidden="true">
        <path d="M1 4h6.6M5.2 1.6 7.7 4 5.2 6.4" />
      </svg>
      {text.replace('→', '')}
    </>
  );
}
