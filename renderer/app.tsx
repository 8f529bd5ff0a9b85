import { useEffect, type ReactNode } from 'react';
import type { ContainerView } from './format/engine/container.ts';
import { ContainerMenu } from './features/containers/container-menu.tsx';
import { ContainersPage } from './features/containers/containers-page.tsx';
import { DetailsPage } from './features/container-details/details-page.tsx';
import { Overview } from './features/container-details/overview.tsx';
import { ImagesPage } from './features/images/images-page.tsx';
import { LogsPage } from './features/logs/logs-page.tsx';
import { LogView } from './features/logs/log-view.tsx';
import { RunPage } from './features/run/run-page.tsx';
import { SettingsPage } from './features/settings/settings-page.tsx';
import { EngineBar, TransportBar, useIsStale } from './features/shell/engine-bar.tsx';
import { useGlobalKeys } from './features/shell/keyboard.ts';
import { SessionPage } from './features/shell/session-page.tsx';
import { Sidebar } from './features/shell/sidebar.tsx';
import { Strip } from './features/shell/strip.tsx';
import { Toasts } from './features/shell/toasts.tsx';
import { StartUpScreen } from './features/start-up/start-up-screen.tsx';
import { ConnectingPage, StoppedPage } from './features/start-up/stopped-page.tsx';
import { TerminalView } from './features/terminal/terminal-view.tsx';
import { AppDialogs } from './app-dialogs.tsx';
import { useConnection } from './stores/connection.ts';
import { useNavigation } from './stores/window/navigation.ts';
import { useSettings } from './stores/settings.ts';
import { enterWindow, useVm } from './stores/vm.ts';

/** Which of the window's faces is shown, from the two ways that can break and the VM's state. */
export function App() {
  const transport = useConnection((state) => state.transport);
  const facts = useSettings((state) => state.facts);
  if (transport === 'no-session' || transport === 'session-lost') return <SessionPage isLost={transport === 'session-lost'} />;
  return (
    <div className="app" data-frame={facts?.shell === 'electron' && facts.platform === 'darwin' ? 'inset' : 'plain'}>
      <Face />
      <FaceBar />
      <AppDialogs />
    </div>
  );
}

/** The hull floats for a moment before the lists come; who wants less movement gets them at once. */
const floatFor = 480;

function Face() {
  const { vm, hasEntered, sawStart } = useVm();
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
    case 'starting':
    case 'failed':
      return <StartUpScreen vm={vm} />;
    case 'running':
      return sawStart ? <StartUpScreen vm={vm} /> : <ConnectingPage />;
  }
}

/** The lists have their own place for it, above the page. */
function FaceBar() {
  const hasEntered = useVm((state) => state.hasEntered);
  return hasEntered ? null : <TransportBar isOver />;
}

function Shell() {
  useGlobalKeys();
  const page = useNavigation(({ route }) => route.page);
  return (
    <div className="frame">
      <Sidebar />
      <main className="frame__main">
        <EngineBar />
        <div className="frame__page">
          <RoutedPage />
        </div>
        {page !== 'run' && <Strip />}
      </main>
      <Toasts />
    </div>
  );
}

/** Panels of one container's page, by features that know nothing of each other. */
const panels = {
  overview: (view: ContainerView) => <Overview key={view.id} view={view} />,
  logs: (view: ContainerView) => <LogView key={view.id} view={view} />,
  terminal: (view: ContainerView) => <TerminalView key={view.id} view={view} />,
};

function RoutedPage(): ReactNode {
  const route = useNavigation((state) => state.route);
  const isStale = useIsStale();
  switch (route.page) {
    case 'containers':
      return <ContainersPage isStale={isStale} />;
    case 'container':
      return (
        <DetailsPage
          containerKey={route.id}
          tab={route.tab}
          panels={panels}
          menu={(view, anchor, onClose) => <ContainerMenu view={view} anchor={anchor} isDetails onClose={onClose} />}
        />
      );
    case 'run':
      return <RunPage image={route.image} isAway={isStale} />;
    case 'images':
      return <ImagesPage />;
    case 'logs':
      return <LogsPage id={route.id} />;
    case 'settings':
      return <SettingsPage />;
  }
}
