/** The three names that preload and main process agree on. `hello`: a page has loaded and listens. */
export const ipcNames = { hello: 'slipway:hello', toMain: 'slipway:to-main', toWindow: 'slipway:to-window' } as const;
