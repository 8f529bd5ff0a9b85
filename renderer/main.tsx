import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './screens.ts';
import { firstLanguage } from './i18n/i18n.ts';
import { startClock } from './stores/window/clock.ts';
import { isNewcomer, startFirstSteps } from './stores/first-steps.ts';
import { startLastSeen } from './stores/last-seen.ts';
import { startNotices } from './stores/window/notices.ts';
import { startMirror } from './stores/mirror.ts';
import { preloadAll, screenOf } from './stores/window/screens.ts';
import { setStart, startNavigation, useNavigation } from './stores/window/navigation.ts';
import './styles/base.css';

// The bridge takes a session token out of the address; only then may the address be read as a place.
startMirror();
startNotices();
startLastSeen();
startFirstSteps();
if (location.hash === '' && isNewcomer()) setStart({ page: 'home' });
startNavigation();
startClock();

// The page's chunk comes beside the connection, not after it.
const page = screenOf(useNavigation.getState().route.page)?.load();

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the ID root');
const shown = createRoot(root);
// A page that is drawn before its code is here shows bars for a third of a second; one that cannot be fetched says so itself. Not awaited in the module: the page's
// chunk stands on this one, and would wait for its end.
void Promise.allSettled([firstLanguage(), page]).then(() => {
  shown.render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
  // Later visits wait for nothing; the first one is not held up.
  requestIdleCallback(preloadAll, { timeout: 5000 });
});
