import { defaultClientConditions, defineConfig } from 'vite';

/** Where `vite apps/dashboard` finds a running gateway while the page is worked on. */
const GATEWAY = 'http://127.0.0.1:3000';

export default defineConfig({
  root: import.meta.dirname,
  resolve: { conditions: ['@hark/source', ...defaultClientConditions] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2023',
    modulePreload: false,
    // A file in its own right, never a data: URL: the policy of the page knows its own host only.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: { proxy: { '/v1': { target: GATEWAY, ws: true }, '/docs': GATEWAY } },
});
