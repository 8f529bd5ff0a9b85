import type { Settings } from '../../contract/ipc.ts';

/** What `main` itself says on the person's screen: the tray's menu and the notifications of what was done there. Everything else is said by the window. */
const english = {
  open: 'Open Slipway',
  quit: 'Quit Slipway',
  running: 'Running containers',
  none: 'No container runs',
  stopped: 'Stopped containers',
  more: '{count} more in the window…',
  show: 'Show',
  browse: 'Open {address}',
  start: 'Start',
  stop: 'Stop',
  restart: 'Restart',
  startEngine: 'Start the engine',
  resumeEngine: 'Resume the engine',
  startFailed: '{name} could not be started',
  stopFailed: '{name} could not be stopped',
  restartFailed: '{name} could not be restarted',
  'engine.stopped': 'The engine is stopped',
  'engine.starting': 'The engine is starting…',
  'engine.running': 'The engine runs',
  'engine.stopping': 'The engine is stopping…',
  'engine.suspending': 'The engine is being suspended…',
  'engine.suspended': 'The engine is suspended',
  'engine.resuming': 'The engine is being resumed…',
  'engine.failed': 'The engine could not start',
  'engine.away': 'The engine does not answer',
};

export type TrayWord = keyof typeof english;

const german: Record<TrayWord, string> = {
  open: 'Slipway öffnen',
  quit: 'Slipway beenden',
  running: 'Laufende Container',
  none: 'Kein Container läuft',
  stopped: 'Gestoppte Container',
  more: '{count} weitere im Fenster …',
  show: 'Zeigen',
  browse: '{address} öffnen',
  start: 'Starten',
  stop: 'Stoppen',
  restart: 'Neu starten',
  startEngine: 'Engine starten',
  resumeEngine: 'Engine fortsetzen',
  startFailed: '{name} konnte nicht gestartet werden',
  stopFailed: '{name} konnte nicht gestoppt werden',
  restartFailed: '{name} konnte nicht neu gestartet werden',
  'engine.stopped': 'Die Engine ist gestoppt',
  'engine.starting': 'Die Engine startet …',
  'engine.running': 'Die Engine läuft',
  'engine.stopping': 'Die Engine stoppt …',
  'engine.suspending': 'Die Engine wird schlafen gelegt …',
  'engine.suspended': 'Die Engine schläft',
  'engine.resuming': 'Die Engine wacht auf …',
  'engine.failed': 'Die Engine konnte nicht starten',
  'engine.away': 'Die Engine antwortet nicht',
};

export type Speak = (word: TrayWord, values?: Record<string, string | number>) => string;

/** @param systemLanguage what the system prefers, as `de-AT` */
export function trayWords(setting: Settings['language'], systemLanguage: string): Speak {
  const isGerman = setting === 'de' || (setting !== 'en' && /^de\b/i.test(systemLanguage));
  const words = isGerman ? german : english;
  return (word, values = {}) => words[word].replaceAll(/\{(\w+)\}/g, (mark, name: string) => String(values[name] ?? mark));
}
