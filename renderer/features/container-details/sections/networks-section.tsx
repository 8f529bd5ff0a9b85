import { useEffect, useState } from 'react';
import type { ContainerInspect } from '../../../../contract/engine-api/container.ts';
import { asFailure, callEngine } from '../../../api.ts';
import { Button, LinkButton } from '../../../components/controls/button.tsx';
import { FieldMessage } from '../../../components/controls/field.tsx';
import { Select } from '../../../components/controls/select.tsx';
import type { ContainerView } from '../../../format/engine/container.ts';
import { sentences } from '../../../format/sentence.ts';
import { t } from '../../../i18n/i18n.ts';
import { connectNetwork, disconnectNetwork } from '../../../stores/containers/change-container.ts';
import { formatRoute } from '../../../stores/window/navigation.ts';

/** What it is attached to, with its addresses and names there. */
export function NetworksSection({ view, inspect }: { view: ContainerView; inspect: ContainerInspect }) {
  const networks = Object.entries(inspect.NetworkSettings.Networks ?? {});
  const mode = inspect.HostConfig.NetworkMode ?? '';
  // A network of the host, of nobody or of another container is for the whole life.
  const isFixed = mode === 'host' || mode === 'none' || mode.startsWith('container:');
  return (
    <>
      {networks.length === 0 ? (
        <p className="overview__hint">{t('container-details:networks.none')}</p>
      ) : (
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">{t('container-details:networks.network')}</th>
              <th scope="col">{t('container-details:facts.address')}</th>
              <th scope="col">{t('container-details:networks.aliases')}</th>
              <th scope="col">
                <span className="unseen">{t('common:actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {networks.map(([name, endpoint]) => (
              <tr key={name}>
                <td>
                  <a className="isolated" href={formatRoute({ page: 'network', id: endpoint.NetworkID || name, tab: 'overview' })}>
                    {name}
                  </a>
                </td>
                <td>
                  <code className="selectable">{[endpoint.IPAddress, endpoint.GlobalIPv6Address].filter(Boolean).join(' ') || '–'}</code>
                </td>
                <td>
                  <code className="selectable isolated">{[...new Set(endpoint.DNSNames ?? endpoint.Aliases ?? [])].filter((alias) => !view.id.startsWith(alias)).join(' ') || '–'}</code>
                </td>
                <td className="plain-table__end">
                  {!isFixed && (
                    <LinkButton aria-label={t('container-details:networks.disconnectFrom', { network: name })} onClick={() => void disconnectNetwork(view, name)}>
                      {t('container-details:networks.disconnect')}
                    </LinkButton>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {!isFixed && <Connect view={view} attached={networks.map(([name]) => name)} />}
    </>
  );
}

function Connect({ view, attached }: { view: ContainerView; attached: readonly string[] }) {
  const [names, setNames] = useState<string[]>([]);
  const [picked, setPicked] = useState('');
  const [problem, setProblem] = useState<string>();
  const { summary } = view;
  useEffect(() => {
    let isCurrent = true;
    callEngine('networks.list', {}).then(
      (networks) => isCurrent && setNames(networks.map(({ Name }) => Name).filter((name) => name !== 'host' && name !== 'none')),
      // Without the list there is nothing to pick; the page itself says that the engine is away.
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [summary]);
  const others = names.filter((name) => !attached.includes(name));
  const chosen = others.includes(picked) ? picked : (others[0] ?? '');
  if (others.length === 0) return null;
  return (
    <form
      className="connect-form"
      onSubmit={(event) => {
        event.preventDefault();
        setProblem(undefined);
        connectNetwork(view, chosen).catch((error: unknown) => {
          const { message, hint } = asFailure(error);
          setProblem(sentences(message, hint));
        });
      }}
    >
      <Select aria-label={t('container-details:networks.pick')} value={chosen} onChange={(event) => setPicked(event.target.value)}>
        {others.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </Select>
      <Button type="submit">{t('container-details:networks.connect')}</Button>
      {problem !== undefined && <FieldMessage>{problem}</FieldMessage>}
    </form>
  );
}
