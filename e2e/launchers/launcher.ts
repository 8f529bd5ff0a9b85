import type { Page } from '@playwright/test';

export interface LaunchOptions {
  /** SLIPWAY_HOME of this run; made by the caller and removed by it. */
  home: string;
  /** Socket of an engine that already runs; absent: boot the VM. */
  engineSocket?: string;
  /** Added to the app's environment, on top of this process's. */
  environment?: Record<string, string>;
}

/** A running app with its window open. */
export interface LaunchedApp {
  page: Page;
  /** For `docker --host`. */
  dockerHost: string;
  /** Pid of the process that holds the VM. */
  pid: number;
  /** Opens one more window on the same app, as a second tab would. */
  close(): Promise<void>;
}

/** A way to put the app on the screen. Specs cannot tell which one they run through. */
export interface Launcher {
  name: 'web' | 'electron' | 'electron-double';
  /** Why it cannot run on this machine, or undefined. */
  unavailable(): string | undefined;
  launch(options: LaunchOptions): Promise<LaunchedApp>;
}
