import { defineConfig } from 'vite';

const at = (path: string): string => new URL(path, import.meta.url).pathname;

/** The phone in the browser: built apart, because it is never part of a deployed site. */
export default defineConfig({
  root: at('..'),
  base: '/simulator/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: at('../../build/simulator'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { simulator: at('../simulator.html') } },
  },
});
