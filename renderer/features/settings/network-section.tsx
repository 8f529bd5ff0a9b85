import { useEffect, useState } from 'react';
import type { CertificateFile, Settings } from '../../../contract/ipc.ts';
import { Button } from '../../components/controls/button.tsx';
import { Select } from '../../components/controls/select.tsx';
import { t } from '../../i18n/i18n.ts';
import { formatDay, formatList } from '../../i18n/intl.ts';
import { changeSettings, readCertificates } from '../../stores/settings.ts';
import { LinesForm } from './lines-form.tsx';
import { certificateProblem, noProxyProblem, proxyProblem } from './network-problems.ts';
import { TextLine } from './text-line.tsx';

/** How the engine reaches registries: proxies, and authorities that it trusts besides the usual ones. */
export function NetworkSection({ settings }: { settings: Settings }) {
  const { certificates = [] } = settings;
  const written = [settings.proxy, settings.httpProxy, settings.httpsProxy, settings.noProxy].join('\n');
  return (
    <section aria-label={t('settings:network.title')}>
      <h2>{t('settings:network.title')}</h2>
      <p className="settings__note">{t('settings:network.note')}</p>
      <ProxyForm key={written} settings={settings} />
      <LinesForm
        key={certificates.join()}
        id="certificates"
        label={t('settings:network.certificates')}
        note={t('settings:network.certificatesNote')}
        placeholder={'/etc/ssl/corp.pem'}
        lines={certificates}
        problemOf={certificateProblem}
        onSave={(lines) => void changeSettings({ certificates: lines })}
      />
      {certificates.length > 0 && <CertificateList paths={certificates} />}
    </section>
  );
}

/** Keyed by what is written. */
function ProxyForm({ settings }: { settings: Settings }) {
  const before = { proxy: settings.proxy ?? 'system', httpProxy: settings.httpProxy ?? '', httpsProxy: settings.httpsProxy ?? '', noProxy: settings.noProxy ?? '' };
  const [draft, setDraft] = useState(before);
  const problems = { http: proxyProblem(draft.httpProxy.trim()), https: proxyProblem(draft.httpsProxy.trim()), no: noProxyProblem(draft.noProxy.trim()) };
  const isManual = draft.proxy === 'manual';
  const lacksProxy = isManual && draft.httpProxy.trim() === '' && draft.httpsProxy.trim() === '';
  const isWrong = isManual && (lacksProxy || Object.values(problems).some((problem) => problem !== undefined));
  const isChanged = JSON.stringify(draft) !== JSON.stringify(before);
  return (
    <form
      aria-label={t('settings:network.proxies')}
      onSubmit={(event) => {
        event.preventDefault();
        if (isWrong) return;
        // What is hidden stays as it was written: another choice is no reason to forget an address.
        void changeSettings(isManual ? { proxy: 'manual', httpProxy: draft.httpProxy.trim(), httpsProxy: draft.httpsProxy.trim(), noProxy: draft.noProxy.trim() } : { proxy: draft.proxy });
      }}
    >
      <div className="field-line">
        <label htmlFor="settings-proxy">{t('settings:network.proxy')}</label>
        <div>
          <Select look="tall" id="settings-proxy" aria-describedby="settings-proxy-note" value={draft.proxy} onChange={(event) => setDraft({ ...draft, proxy: event.target.value as NonNullable<Settings['proxy']> })}>
            {(['system', 'none', 'manual'] as const).map((choice) => (
              <option key={choice} value={choice}>
                {t(`settings:network.choices.${choice}`)}
              </option>
            ))}
          </Select>
          <p className="settings__hint" id="settings-proxy-note">
            {lacksProxy ? t('settings:network.proxyMissing') : t(`settings:network.choiceNotes.${draft.proxy}`)}
          </p>
        </div>
      </div>
      {isManual && (
        <>
          <TextLine id="http-proxy" label={t('settings:network.http')} placeholder={'http://proxy.example:3128'} value={draft.httpProxy} problem={problems.http} onValue={(httpProxy) => setDraft({ ...draft, httpProxy })} />
          <TextLine id="https-proxy" label={t('settings:network.https')} placeholder={draft.httpProxy.trim() || 'http://proxy.example:3128'} value={draft.httpsProxy} problem={problems.https} note={t('settings:network.httpsNote')} onValue={(httpsProxy) => setDraft({ ...draft, httpsProxy })} />
          <TextLine id="no-proxy" label={t('settings:network.no')} placeholder={'localhost,.corp.example,10.0.0.0/8'} value={draft.noProxy} problem={problems.no} note={t('settings:network.noNote')} onValue={(noProxy) => setDraft({ ...draft, noProxy })} />
        </>
      )}
      {isChanged && (
        <div className="settings__actions">
          <Button type="submit" disabled={isWrong}>
            {t('settings:network.save')}
          </Button>
        </div>
      )}
    </form>
  );
}

/** What the engine finds in each file, so that a wrong one is seen here and not at the next pull. */
function CertificateList({ paths }: { paths: readonly string[] }) {
  const [files, setFiles] = useState<readonly CertificateFile[]>([]);
  const text = paths.join('\n');
  useEffect(() => {
    let isCurrent = true;
    void readCertificates(text.split('\n')).then((found) => isCurrent && setFiles(found));
    return () => {
      isCurrent = false;
    };
  }, [text]);
  return (
    <ul className="settings__certificates" aria-label={t('settings:network.found')}>
      {files.map((file) => (
        <li key={file.path} className={file.status === 'good' ? undefined : 'settings__certificate--wrong'}>
          <code className="isolated">{file.path}</code>
          <span className="isolated">{wordsOf(file)}</span>
        </li>
      ))}
    </ul>
  );
}

function wordsOf(file: CertificateFile): string {
  if (!('names' in file)) return t(`settings:network.files.${file.status}`);
  return t(`settings:network.files.${file.status}`, { names: formatList(file.names.slice(0, 5)), until: formatDay(new Date(file.until)) });
}
