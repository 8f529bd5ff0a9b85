import { changesPanel } from './features/container-changes/screen.ts';
import { filesPanel } from './features/container-files/screen.ts';
import { inspectPanel, overviewPanel, processesPanel } from './features/container-details/screen.ts';
import { containersScreen } from './features/containers/screen.ts';
import { homeScreen } from './features/home/screen.ts';
import { diskScreen } from './features/disk/screen.ts';
import { imageScreen, imagesScreen } from './features/images/screen.ts';
import { logsPanel, logsScreen } from './features/logs/screen.ts';
import { networkScreen, networksScreen } from './features/networks/screen.ts';
import { runScreen } from './features/run/screen.ts';
import { settingsScreen } from './features/settings/screen.ts';
import { troubleshootScreen } from './features/troubleshoot/screen.ts';
import { statsPanel, statsScreen } from './features/stats/screen.ts';
import { terminalPanel } from './features/terminal/screen.ts';
import { volumeScreen, volumesScreen } from './features/volumes/screen.ts';
import { registerScreens, screen } from './stores/window/screens.ts';

/** Every page and every tab of a container's page. A new one is a line here; its code is loaded when it is wanted (docs/window.md). */
registerScreens({
  screens: [
    homeScreen,
    containersScreen,
    screen({ page: 'container', under: 'containers', load: () => import('./container-page.tsx') }),
    runScreen,
    imagesScreen,
    imageScreen,
    volumesScreen,
    volumeScreen,
    diskScreen,
    networksScreen,
    networkScreen,
    logsScreen,
    statsScreen,
    settingsScreen,
    troubleshootScreen,
  ],
  panels: [overviewPanel, logsPanel, terminalPanel, filesPanel, statsPanel, processesPanel, changesPanel, inspectPanel],
});
