import { useEffect, useSyncExternalStore } from 'react';
import { Tips } from './components/overlay/tips.tsx';
import { rowHeights, TableDensity } from './components/table/density.ts';
import { LinkButton } from './components/controls/button.tsx';
import { Loading } from './components/layout/loading.tsx';
import { EngineBar, TransportBar } from './features/shell/engine-bar.tsx';
import { useGlobalKeys } from './features/shell/keyboard.ts';
import { SessionPage } from './features/shell/session-page.tsx';
import { Sidebar } from './features/shell/sidebar.tsx';
import { Strip } from './features/shell/strip.tsx';
import { Toasts } from './features/shell/toasts.tsx';
import { StartUpScreen } from './features/start-up/start-up-screen.tsx';
import { ConnectingPage, StoppedPage } from './features/start-up/stopped-page.tsx';
import { SuspendedPage } from './features/start-up/suspended-page.tsx';
import { AppDialogs } from './app-dialogs.tsx';
import { language, onLanguage, t } from './i18n/i18n.ts';
import { useConnection } from './stores/connection.ts';
import { go, useNavigation } from './stores/window/navigation.ts';
import { screenOf } from './stores/window/screens.ts';
import { useSettings } from './stores/settings.ts';
import { enterWindow, useVm } from './stores/vm.ts';

/** Texts are looked up while the window is drawn, so that another language means drawing all of it anew. */
export function App() {
  return <Window key={useSyncExternalStore(onLanguage, language)} />;
}

/** Which of the window's faces is shown, from the two ways that can break and the VM's state. */
function Window() {
  const transport = useConnection((state) => state.transport);
  const facts = useSettings((state) => state.facts);
  const density = useSettings((state) => state.settings?.density ?? 'comfortable');
  if (transport === 'no-session' || transport === 'session-lost') return <SessionPage isLost={transport === 'session-lost'} />;
  return (
    <TableDensity value={rowHeights[density]}>
      <div className="app" data-frame={facts?.shell === 'electron' && facts.platform === 'darwin' ? 'inset' : 'plain'}>
        <Face />
        <FaceBar />
        <AppDialogs />
        <Tips />
      </div>
    </TableDensity>
  );
}

/** The hull floats for a moment before the lists come; who wants less movement gets them at once. */
const floatFor = 480;

function Face() {
  const { vm, hasEntered, sawStart } = useVm();
  const route = useNavigation((state) => state.route);
  const isArriving = vm?.status === 'running' && !hasEntered;

  useEffect(() => {
    if (!isArriving) return;
    const isQuick = !sawStart || matchMedia('(prefers-reduced-motion: reduce)').matches;
    const timer = setTimeout(enterWindow, isQuick ? 0 : floatFor);
    return () => clearTimeout(timer);
  }, [isArriving, sawStart]);

  if (vm === undefined) return <ConnectingPage />;
  if (hasEntered) return <Shell />;
  switch (vm.status) {
    case 'stopped':
    case 'stopping':
      return <StoppedPage />;
    case 'suspending':
    case 'suspended':
      return <SuspendedPage vm={vm} />;
    case 'failed':
      if (route.page === 'troubleshoot') return <TroubleshootAlone />;
      return <StartUpScreen vm={vm} />;
    case 'starting':
    case 'resuming':
      return <StartUpScreen vm={vm} />;
    case 'running':
      return sawStart ? <StartUpScreen vm={vm} /> : <ConnectingPage />;
  }
}

/** Why a start failed, before there are any lists. */
function TroubleshootAlone() {
  const screen = screenOf('troubleshoot');
  return (
    <main className="frame__main frame__main--alone">
      <nav className="frame__back" aria-label={t('shell:regions.navigation')}>
        <LinkButton onClick={() => go({ page: 'home' })}>{t('start-up:back')}</LinkButton>
      </nav>
      <div className="frame__page">
        <Loading>{screen !== undefined && <screen.Page route={{ page: 'troubleshoot' }} />}</Loading>
      </div>
      <Toasts />
    </main>
  );
}

/** The lists have their own place for it, above the page. */
function FaceBar() {
  const hasEntered = useVm((state) => state.hasEntered);
  return hasEntered ? null : <TransportBar isOver />;
}

function Shell() {
  useGlobalKeys();
  const route = useNavigation((state) => state.route);
  const screen = screenOf(route.page) ?? screenOf('containers');
  return (
    <div className="frame">
      <Sidebar />
      <main className="frame__main">
        <EngineBar />
        <div className="frame__page">
          <Loading key={screen?.page}>{screen !== undefined && <screen.Page route={route} />}</Loading>
        </div>
        {screen?.hidesStrip !== true && <Strip />}
      </main>
      <Toasts />
    </div>
  );
}
