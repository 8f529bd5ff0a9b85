import { registerHooks } from 'node:module';

// Loaded before the bundle: `require('electron')` finds the stand-in.
const standIn = new URL('./electron-module.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) => (specifier === 'electron' ? { url: standIn, shortCircuit: true } : next(specifier, context)),
});
