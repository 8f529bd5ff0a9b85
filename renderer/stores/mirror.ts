import type { EventMessage } from '../../contract/engine-api/event.ts';
import { onPush, onTransport, request } from '../api.ts';
import { hearActivity, readActivity } from './activity.ts';
import { useConnection } from './connection.ts';
import { refreshContainers, useContainers } from './containers/containers.ts';
import { gatherEvidence } from './containers/evidence.ts';
import { refreshImages } from './images.ts';
import { refreshNetworks } from './networks.ts';
import { hearSettings, readSettings } from './settings.ts';
import { refreshVolumes } from './volumes.ts';
import { readEngineInfo, setVm, useVm } from './vm.ts';

/**
 * Keeps the stores a mirror of the engine: reads everything when a way to it opens, and reads again what an event is
 * about, whoever caused it. Nothing is computed from an event itself.
 */
export function startMirror(): void {
  onTransport((transport) => {
    useConnection.setState({ transport, transportSince: transport === 'broken' ? Date.now() : undefined });
    if (transport === 'connected') void readAll();
  });
  onPush('vm/state', (vm) => {
    const before = useVm.getState().vm?.status;
    setVm(vm);
    if (vm.status === 'running' && before !== 'running') readEngine();
  });
  onPush('settings/state', (news) => void hearSettings(news));
  onPush('engine/connection', (engine) => {
    useConnection.setState({ engine });
    if (engine.status === 'connected') readEngine();
  });
  onPush('engine/event', hear);

  useContainers.subscribe(({ containers }, before) => {
    if (containers !== before.containers) void gatherEvidence(containers);
  });
}

async function readAll(): Promise<void> {
  void readSettings();
  try {
    const vm = await request('vm/state');
    setVm(vm);
    if (vm.status === 'running') readEngine();
  } catch {
    // The transport broke again at once; its next connection reads anew.
  }
}

/** The containers first: what most pages show, and small. The rest would keep them waiting, the images above all. */
function readEngine(): void {
  void refreshContainers().then(() => {
    void readEngineInfo();
    void refreshImages();
    readActivity();
    void refreshVolumes();
    void refreshNetworks();
  });
}

/** Actions that change no list. `exec_*` alone would mean a reading for every health check of every container. */
const silent = /^(?:exec_|top|attach|detach|resize|export|archive-path|extract-to-dir)/;

export function hear(event: EventMessage): void {
  hearActivity(event);
  if (silent.test(event.Action)) return;
  switch (event.Type) {
    case 'container':
      void refreshContainers();
      // The count of containers by image, and `commit`, which makes an image.
      if (event.Action === 'commit') void refreshImages();
      return;
    case 'image':
      void refreshImages();
      return;
    case 'network':
      // Addresses and ports of a container come and go with its endpoints.
      void refreshContainers();
      void refreshNetworks();
      return;
    case 'volume':
      void refreshVolumes();
      return;
    case 'daemon':
      return;
  }
}
