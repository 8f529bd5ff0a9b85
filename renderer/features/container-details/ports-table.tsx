import type { ContainerView } from '../../format/engine/container.ts';
import { followLink } from '../../stores/window/open-url.ts';
import { t } from '../../i18n/i18n.ts';

export function PortsTable({ view }: { view: ContainerView }) {
  if (view.ports.length === 0) return <p className="overview__hint">{t('container-details:noPorts')}</p>;
  return (
    <table className="plain-table">
      <thead>
        <tr>
          <th scope="col">{t('container-details:portOutside')}</th>
          <th scope="col">{t('container-details:portInside')}</th>
        </tr>
      </thead>
      <tbody>
        {view.ports.map((port) => (
          <tr key={`${port.publicPort ?? ''}→${port.privatePort}/${port.protocol}`}>
            <td>
              {port.url !== undefined ? (
                <a className="mono" href={port.url} target="_blank" rel="noopener noreferrer" onClick={followLink}>
                  localhost:{port.publicPort}
                </a>
              ) : (
                <span className="overview__hint">{port.publicPort === undefined ? t('container-details:notPublished') : `localhost:${port.publicPort}`}</span>
              )}
            </td>
            <td>
              <code className="selectable">
                {port.privatePort}/{port.protocol}
              </code>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
