import type { LucideIcon } from 'lucide-react';
import type { ComponentType } from 'react';
import type { ContainerView } from '../../format/engine/container.ts';
import type { TextKey } from '../../i18n/text-key.ts';
import { chunk } from './chunk.ts';
import type { DetailsTab, PageName, Route, RouteOf } from './navigation.ts';

/** A place in the sidebar, under G and in the palette. */
export interface Destination {
  /** Sidebar, palette and key list call it by this. */
  label: TextKey;
  icon: LucideIcon;
  /** The letter after G. */
  key?: string;
  /** Where it stands in the sidebar: small numbers first; `foot` is the part at the bottom. */
  order: number;
  isFoot?: boolean;
  route: Route;
  /** What stands at the right of its name: a count, work under way. */
  Counts?: ComponentType;
}

/** A page of the window. Its code is a chunk of its own, loaded when it is first wanted or when the window has nothing to do. */
export interface Screen<P extends PageName = PageName> {
  page: P;
  destination?: Destination;
  /** The page whose sidebar entry is lit while this one is shown; without it, its own. */
  under?: PageName;
  /** It brings its own command pane, so that the strip would say it twice. */
  hidesStrip?: boolean;
  load(): Promise<{ default: ComponentType<{ route: RouteOf<P> }> }>;
}

/** A screen with its page as a component that is loaded when it is first drawn. */
export interface RegisteredScreen extends Omit<Screen, 'load'> {
  load(): Promise<unknown>;
  Page: ComponentType<{ route: Route }>;
}

/** A tab of a container's page, whichever feature brings it. */
export interface ContainerPanel {
  tab: DetailsTab;
  label: TextKey;
  /** A figure beside the tab's name. */
  Count?: ComponentType<{ view: ContainerView }>;
  load(): Promise<{ default: ComponentType<{ view: ContainerView }> }>;
}

export interface RegisteredPanel extends Omit<ContainerPanel, 'load'> {
  load(): Promise<unknown>;
  Panel: ComponentType<{ view: ContainerView }>;
}

export function screen<P extends PageName>(definition: Screen<P>): RegisteredScreen {
  const { load, Component } = chunk(definition.load);
  // The route that is shown chooses the page, so that each page gets its own kind.
  return { ...definition, load, Page: Component as unknown as ComponentType<{ route: Route }> };
}

export function containerPanel(definition: ContainerPanel): RegisteredPanel {
  const { load, Component } = chunk(definition.load);
  return { ...definition, load, Panel: Component };
}

let screens: readonly RegisteredScreen[] = [];
let panels: readonly RegisteredPanel[] = [];

/** Once, before the window is drawn (`renderer/screens.ts`). */
export function registerScreens(all: { screens: readonly RegisteredScreen[]; panels: readonly RegisteredPanel[] }): void {
  ({ screens, panels } = all);
}

export const screenOf = (page: PageName): RegisteredScreen | undefined => screens.find((one) => one.page === page);
export const containerPanels = (): readonly RegisteredPanel[] => panels;

/** In the order of the sidebar. */
export function destinations(): Destination[] {
  return screens.flatMap(({ destination }) => (destination === undefined ? [] : [destination])).sort((a, b) => Number(a.isFoot === true) - Number(b.isFoot === true) || a.order - b.order);
}

/** The page whose entry is lit for a place. */
export const litPage = (page: PageName): PageName => screenOf(page)?.under ?? page;

/** Fetches what was not fetched yet, so that the first visit of a page waits for nothing. */
export function preloadAll(): void {
  for (const { load } of [...screens, ...panels]) load().catch(() => undefined);
}
