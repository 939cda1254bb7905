import { defineConfig } from 'vitest/config';

/** The dashboard in a real Chromium, against the built apps: one story after the other, on one machine. */
export default defineConfig({
  resolve: { conditions: ['@hark/source'] },
  ssr: { resolve: { conditions: ['@hark/source'], externalConditions: ['@hark/source'] } },
  test: {
    include: ['e2e/browser/**/*.browser.ts'],
    reporters: ['verbose', './tools/test-summary.ts'],
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
});
