import { createContext, useContext } from 'react';

/** Where menus, popovers and tooltips are drawn: an open dialog lies in the top layer with all else inert, so that they must lie inside it. */
export const OverlayRoot = createContext<HTMLElement | null>(null);

/** The dialog, or the page's landmark: what lies outside of any landmark is passed over by those who move from one to the next. */
export const useOverlayRoot = (): HTMLElement | undefined => useContext(OverlayRoot) ?? document.querySelector('main') ?? undefined;
