import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { startClock } from './stores/window/clock.ts';
import { startMirror } from './stores/mirror.ts';
import { startNavigation } from './stores/window/navigation.ts';
import './styles/base.css';

// The bridge takes a session token out of the address; only then may the address be read as a place.
startMirror();
startNavigation();
startClock();

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the ID root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
