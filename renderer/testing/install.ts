import { createFakeBridge } from './fake-bridge.ts';
import { scenes, type SceneName } from './scenes/scenes.ts';

declare global {
  interface Window {
    /** Set before the page by whoever opens it. */
    slipwayScene?: SceneName;
  }
}

window.slipway = createFakeBridge(structuredClone(scenes[window.slipwayScene ?? 'containers']()));
