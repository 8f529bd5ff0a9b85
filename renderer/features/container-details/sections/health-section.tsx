import type { ContainerInspect } from '../../../../contract/engine-api/container.ts';
import { commandText } from '../../../format/engine/docker-command.ts';
import { t } from '../../../i18n/i18n.ts';
import { formatDecimal, formatMoment } from '../../../i18n/intl.ts';

/** The check itself, and what it last said: newest first. */
export function HealthSection({ inspect }: { inspect: ContainerInspect }) {
  const check = inspect.Config.Healthcheck;
  const log = [...(inspect.State.Health?.Log ?? [])].reverse();
  const [kind = '', ...rest] = check?.Test ?? [];
  const seconds = (nanoseconds: number | undefined): string => t('common:took.s', { seconds: formatDecimal((nanoseconds || 30e9) / 1e9, 1) });
  return (
    <>
      {kind !== '' && (
        <p className="overview__hint">
          <code className="selectable isolated">{kind === 'CMD-SHELL' ? rest.join(' ') : commandText(rest)}</code> {t('container-details:health.every', { interval: seconds(check?.Interval), timeout: seconds(check?.Timeout), retries: check?.Retries || 3 })}
        </p>
      )}
      {log.length === 0 ? (
        <p className="overview__hint">{t('container-details:health.none')}</p>
      ) : (
        <table className="plain-table health-table">
          <thead>
            <tr>
              <th scope="col">{t('container-details:health.at')}</th>
              <th scope="col">{t('container-details:health.code')}</th>
              <th scope="col">{t('container-details:health.output')}</th>
            </tr>
          </thead>
          <tbody>
            {log.map(({ Start, ExitCode, Output }, index) => (
              <tr key={`${Start} ${index}`}>
                <td className="numbers">{Number.isNaN(Date.parse(Start)) ? '–' : formatMoment(Date.parse(Start))}</td>
                <td className={ExitCode === 0 ? 'numbers' : 'numbers overview__alarm--sig'}>{ExitCode}</td>
                <td>
                  <pre className="selectable isolated">{Output.trim() || '–'}</pre>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
