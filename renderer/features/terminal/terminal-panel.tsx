import { ArrowDown, ArrowUp, Play, Plus, Search, SquareTerminal, X } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Button, IconButton } from '../../components/controls/button.tsx';
import { Field } from '../../components/controls/field.tsx';
import { KeyCap } from '../../components/controls/key-cap.tsx';
import { StateGlyph, type GlyphShape } from '../../components/drawing/state-glyph.tsx';
import { Notice } from '../../components/layout/notice.tsx';
import { SubBar } from '../../components/layout/page.tsx';
import { isRunning, type ContainerView } from '../../format/engine/container.ts';
import { isMac } from '../../format/keys.ts';
import { sentences } from '../../format/sentence.ts';
import { act } from '../../stores/containers/container-actions.ts';
import { createSession, showSession, useTerminals, type TerminalSession } from '../../stores/containers/terminals.ts';
import { FilterField } from '../../components/controls/filter-field.tsx';
import { endSession, screenOf, useFinding, useSizes } from './screens.ts';
import { t } from '../../i18n/i18n.ts';
import './terminal.css';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** The sessions of one container. The first one opens by itself: whoever comes here wants a shell. */
export default function TerminalPanel({ view }: { view: ContainerView }) {
  const sessions = useTerminals((state) => state.sessions);
  const shownKey = useTerminals((state) => state.shown[view.id]);
  const [user, setUser] = useState('');
  const own = sessions.filter(({ containerId }) => containerId === view.id);
  const shown = own.find(({ key }) => key === shownKey) ?? own[0];
  const isLive = isRunning(view.condition);
  const hasNone = own.length === 0;
  const hasOpened = useRef(false);

  function open(): void {
    createSession({ containerId: view.id, containerName: view.name, ...(user.trim() === '' ? {} : { user: user.trim() }) });
  }

  useEffect(() => {
    if (hasOpened.current || !isLive) return;
    hasOpened.current = true;
    if (hasNone) createSession({ containerId: view.id, containerName: view.name });
  }, [isLive, hasNone, view.id, view.name]);

  if (shown === undefined && !isLive) {
    return (
      <Notice
        title={t('terminal:notRunning')}
        action={
          <Button icon={<Play {...icon} />} onClick={() => void act(view.condition === 'paused' ? 'unpause' : 'start', [view.id])}>
            {t('terminal:start')}
          </Button>
        }
      >
        {t('terminal:notRunningBody')}
      </Notice>
    );
  }
  return (
    <div className="terminal">
      <SubBar label={t('terminal:sessions')} className="session-bar">
        <div className="sessions">
          {own.map((session) => (
            <SessionPill key={session.key} session={session} isShown={session === shown} />
          ))}
        </div>
        <IconButton label={t('terminal:newSession')} disabled={!isLive} onClick={open}>
          <Plus {...icon} size={16} />
        </IconButton>
        <span className="sub-bar__gap" />
        {shown !== undefined && (
          <IconButton label={t('terminal:find')} keys={isMac ? '⌘F' : 'Ctrl Shift F'} onClick={() => useFinding.setState({ key: shown.key })}>
            <Search {...icon} />
          </IconButton>
        )}
        <label className="session-bar__user">
          <span className="session-bar__label">{t('terminal:user')}</span>
          <Field
            mono
            aria-label={t('terminal:user')}
            placeholder={t('terminal:imageUser')}
            value={user}
            onChange={(event) => setUser(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && isLive) open();
            }}
          />
        </label>
      </SubBar>
      {shown !== undefined && <FindBar key={`find ${shown.key}`} session={shown} />}
      {shown?.state.status === 'broken' ? (
        <Notice title={t('terminal:failed')} action={<Button disabled={!isLive} onClick={open}>{t('terminal:again')}</Button>}>
          <p>
            {sentences(shown.state.failure.message, shown.state.failure.hint)}
          </p>
        </Notice>
      ) : (
        shown !== undefined && <Screen key={shown.key} session={shown} />
      )}
      {shown !== undefined && <TerminalFoot session={shown} />}
    </div>
  );
}

/** Enter goes to the next place, Shift Enter to the one before, Escape back to the shell. */
function FindBar({ session }: { session: TerminalSession }) {
  const isOpen = useFinding(({ key }) => key === session.key);
  const [text, setText] = useState('');
  const [isMissing, setMissing] = useState(false);
  if (!isOpen) return null;

  function find(direction: 'next' | 'previous', wanted = text): void {
    setMissing(wanted !== '' && !screenOf(session).find(wanted, direction));
  }
  function close(): void {
    useFinding.setState({ key: undefined });
    screenOf(session).focus();
  }

  return (
    <SubBar label={t('terminal:find')}>
      <FilterField
        autoFocus
        label={t('terminal:find')}
        value={text}
        onValue={(value) => {
          setText(value);
          find('next', value);
        }}
        onLeave={close}
        note={isMissing ? t('terminal:notFound') : undefined}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          find(event.shiftKey ? 'previous' : 'next');
        }}
      />
      <IconButton label={t('terminal:previous')} onClick={() => find('previous')}>
        <ArrowUp {...icon} />
      </IconButton>
      <IconButton label={t('terminal:next')} onClick={() => find('next')}>
        <ArrowDown {...icon} />
      </IconButton>
      <IconButton label={t('common:close')} onClick={close}>
        <X {...icon} />
      </IconButton>
    </SubBar>
  );
}

function nameOf(session: TerminalSession): string {
  const shell = session.command[0]?.split('/').at(-1) ?? t('terminal:opening');
  // Nobody was asked for: it is whoever the image names.
  return session.user === undefined || session.user === '' ? shell : t('terminal:sessionName', { shell, user: session.user });
}

function SessionPill({ session, isShown }: { session: TerminalSession; isShown: boolean }) {
  const name = nameOf(session);
  return (
    <div className={`session${isShown ? ' session--shown' : ''}`}>
      <button type="button" aria-pressed={isShown} onClick={() => showSession(session.containerId, session.key)}>
        {session.state.status === 'opening' ? <StateGlyph shape="working" /> : <SquareTerminal {...icon} />}
        <span className="isolated">{name}</span>
      </button>
      <IconButton label={t('terminal:close', { name })} onClick={() => endSession(session.key)}>
        <X {...icon} size={13} />
      </IconButton>
    </div>
  );
}

function Screen({ session }: { session: TerminalSession }) {
  const place = useRef<HTMLDivElement>(null);
  const { key } = session;
  useLayoutEffect(() => {
    if (place.current === null) return;
    return screenOf(session).show(place.current);
    // The session's state changes; its screen is the same by its key.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [key]);
  return <div className="terminal__place" ref={place} data-region="list" />;
}

function TerminalFoot({ session }: { session: TerminalSession }) {
  const size = useSizes(({ byKey }) => byKey[session.key]);
  const { shape, words } = stateWords(session);
  return (
    <div className="terminal-foot">
      <span className="terminal-foot__state" role="status">
        <StateGlyph shape={shape} size={13} />
        <span className="cut">{words}</span>
      </span>
      {size !== undefined && <span className="numbers">{t('terminal:size', { columns: size.columns, rows: size.rows })}</span>}
      <span className="terminal-foot__hint cut">{t('terminal:vanish')}</span>
      <span className="terminal-foot__gap" />
      <span className="terminal-foot__hint">
        {t('terminal:keys')} <KeyCap chord={isMac ? 'mod+K' : 'mod+shift+K'} /> {t('terminal:palette')}
      </span>
    </div>
  );
}

function stateWords({ state }: TerminalSession): { shape: GlyphShape; words: string } {
  switch (state.status) {
    case 'opening':
      return { shape: 'working', words: t('terminal:openingFoot') };
    case 'open':
      return { shape: 'running', words: t('terminal:open') };
    case 'ended':
      return { shape: state.exitCode === 0 ? 'exited' : 'failed', words: t('terminal:ended', { code: state.exitCode }) };
    case 'broken':
      return { shape: 'failed', words: t('terminal:broken') };
  }
}
