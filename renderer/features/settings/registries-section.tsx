import { LogIn } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Settings } from '../../../contract/ipc.ts';
import { asFailure, type IpcFailure } from '../../api.ts';
import { Button } from '../../components/controls/button.tsx';
import { Field, FieldMessage } from '../../components/controls/field.tsx';
import { sentences } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { readAccounts, signIn, signOut, useAccounts } from '../../stores/registry-accounts.ts';
import { changeSettings } from '../../stores/settings.ts';
import { insecureProblem, mirrorProblem } from './registry-problems.ts';
import { LinesForm } from './lines-form.tsx';

/** Accounts, mirrors, and registries without TLS. */
export function RegistriesSection({ settings }: { settings: Settings }) {
  const { accounts, failure } = useAccounts();
  const [trouble, setTrouble] = useState<IpcFailure>();
  useEffect(() => void readAccounts(), []);
  const { registryMirrors = [], insecureRegistries = [] } = settings;
  const told = trouble ?? failure;

  return (
    <section aria-label={t('settings:registries.title')}>
      <h2>{t('settings:registries.title')}</h2>
      <p className="settings__note">{t('settings:registries.note')}</p>
      {told !== undefined && (
        <p className="settings__problem selectable isolated" role="alert">
          {sentences(told.message, told.hint)}
        </p>
      )}
      {accounts !== undefined && accounts.length > 0 && (
        <ul className="settings__accounts">
          {accounts.map((account) => (
            <li key={account.server}>
              <span className="isolated">
                <strong>{account.server === 'docker.io' ? 'Docker Hub' : account.server}</strong> {account.username}
              </span>
              <Button
                size="small"
                aria-label={t('settings:registries.signOutOf', { server: account.server })}
                onClick={() => {
                  setTrouble(undefined);
                  signOut(account).catch((error: unknown) => setTrouble(asFailure(error)));
                }}
              >
                {t('settings:registries.signOut')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <SignInForm />
      <LinesForm
        key={`mirrors ${registryMirrors.join()}`}
        id="mirrors"
        label={t('settings:registries.mirrors')}
        note={t('settings:registries.mirrorsNote')}
        placeholder={'https://mirror.example.org'}
        lines={registryMirrors}
        problemOf={mirrorProblem}
        onSave={(lines) => void changeSettings({ registryMirrors: lines })}
      />
      <LinesForm
        key={`insecure ${insecureRegistries.join()}`}
        id="insecure"
        label={t('settings:registries.insecure')}
        note={t('settings:registries.insecureNote')}
        placeholder={'registry.lan:5000'}
        lines={insecureRegistries}
        problemOf={insecureProblem}
        onSave={(lines) => void changeSettings({ insecureRegistries: lines })}
      />
    </section>
  );
}

function SignInForm() {
  const [server, setServer] = useState('');
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<IpcFailure>();
  const isWhole = username.trim() !== '' && password !== '';

  async function submit(): Promise<void> {
    setBusy(true);
    setFailure(undefined);
    try {
      await signIn({ server: server.trim() === '' ? 'docker.io' : server.trim(), username: username.trim(), password });
      setServer('');
      setUsername('');
    } catch (error) {
      setFailure(asFailure(error));
    }
    setPassword('');
    setBusy(false);
  }

  return (
    <form
      aria-label={t('settings:registries.signIn')}
      onSubmit={(event) => {
        event.preventDefault();
        if (isWhole && !isBusy) void submit();
      }}
    >
      <div className="field-line">
        <label htmlFor="settings-registry">{t('settings:registries.server')}</label>
        <Field id="settings-registry" mono placeholder={'docker.io'} value={server} onChange={(event) => setServer(event.target.value)} />
      </div>
      <div className="field-line">
        <label htmlFor="settings-user">{t('settings:registries.user')}</label>
        <Field id="settings-user" autoComplete="username" value={username} onChange={(event) => setUsername(event.target.value)} />
      </div>
      <div className="field-line">
        <label htmlFor="settings-password">{t('settings:registries.password')}</label>
        <div>
          <Field id="settings-password" type="password" autoComplete="current-password" value={password} wrong={failure !== undefined} aria-describedby={failure === undefined ? undefined : 'settings-password-message'} onChange={(event) => setPassword(event.target.value)} />
          {failure !== undefined && (
            <FieldMessage id="settings-password-message">
              {t('settings:registries.refused')} {sentences(failure.message, failure.hint)}
            </FieldMessage>
          )}
        </div>
      </div>
      <div className="settings__actions">
        <Button type="submit" icon={<LogIn size={14} strokeWidth={1.75} aria-hidden="true" />} disabled={!isWhole || isBusy}>
          {isBusy ? t('settings:registries.asking') : t('settings:registries.signIn')}
        </Button>
      </div>
    </form>
  );
}
