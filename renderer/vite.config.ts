import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * One page, relative addresses (it is served from a loopback port by the web shell and from disk by Electron). Nothing is
 * inlined as `data:`, because both shells forbid it for fonts and scripts.
 */
export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  base: './',
  plugins: [react()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'es2024',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    rolldownOptions: {
      output: {
        // What every page stands on in two files, not in a file for each icon: the browser asks for six at a time.
        codeSplitting: {
          groups: [
            { name: 'libraries', tags: ['$initial'], test: /node_modules/, priority: 2 },
            { name: 'window', tags: ['$initial'], priority: 1 },
          ],
        },
      },
    },
  },
});
