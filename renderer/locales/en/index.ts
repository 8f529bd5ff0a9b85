import actions from './actions.json' with { type: 'json' };
import changes from './changes.json' with { type: 'json' };
import common from './common.json' with { type: 'json' };
import containerDetails from './container-details.json' with { type: 'json' };
import containers from './containers.json' with { type: 'json' };
import home from './home.json' with { type: 'json' };
import data from './data.json' with { type: 'json' };
import disk from './disk.json' with { type: 'json' };
import files from './files.json' with { type: 'json' };
import images from './images.json' with { type: 'json' };
import logs from './logs.json' with { type: 'json' };
import networks from './networks.json' with { type: 'json' };
import palette from './palette.json' with { type: 'json' };
import run from './run.json' with { type: 'json' };
import settings from './settings.json' with { type: 'json' };
import shell from './shell.json' with { type: 'json' };
import startUp from './start-up.json' with { type: 'json' };
import stats from './stats.json' with { type: 'json' };
import terminal from './terminal.json' with { type: 'json' };
import troubleshoot from './troubleshoot.json' with { type: 'json' };
import volumes from './volumes.json' with { type: 'json' };

/** One file a feature; the first part of a key is the name here. */
export const english = {
  actions,
  changes,
  common,
  'container-details': containerDetails,
  containers,
  home,
  data,
  disk,
  files,
  images,
  logs,
  networks,
  palette,
  run,
  settings,
  shell,
  'start-up': startUp,
  stats,
  terminal,
  troubleshoot,
  volumes,
};
