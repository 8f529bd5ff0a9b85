import type { MountPoint } from '../../../contract/engine-api/container.ts';
import { formatRoute } from '../../stores/window/navigation.ts';
import { t } from '../../i18n/i18n.ts';

export function MountsTable({ mounts }: { mounts: readonly MountPoint[] }) {
  if (mounts.length === 0) return <p className="overview__hint">{t('container-details:noMounts')}</p>;
  return (
    <table className="plain-table">
      <thead>
        <tr>
          <th scope="col">{t('container-details:mountColumns.kind')}</th>
          <th scope="col">{t('container-details:mountColumns.source')}</th>
          <th scope="col">{t('container-details:mountColumns.target')}</th>
          <th scope="col">{t('container-details:mountColumns.mode')}</th>
        </tr>
      </thead>
      <tbody>
        {mounts.map((mount) => (
          <tr key={mount.Destination}>
            <td>{mount.Type}</td>
            <td>
              {mount.Type === 'volume' && mount.Name !== undefined && mount.Name !== '' ? (
                <a className="mono isolated" href={formatRoute({ page: 'volume', id: mount.Name, tab: 'files' })}>
                  {sourceOf(mount)}
                </a>
              ) : (
                <code className="selectable isolated">{sourceOf(mount)}</code>
              )}
            </td>
            <td>
              <code className="selectable isolated">{mount.Destination}</code>
            </td>
            <td>{mount.RW ? t('container-details:readWrite') : t('container-details:readOnly')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function sourceOf({ Name: name, Source: source }: MountPoint): string {
  if (name === undefined || name === '') return source || '–';
  return /^[0-9a-f]{64}$/.test(name) ? `${t('container-details:anonymous')} ${name.slice(0, 12)}` : name;
}
