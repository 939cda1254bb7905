import { defineConfig } from 'vitest/config';
import shared from './vitest.config.js';

/** Steady load for half an hour, or for `HARK_SOAK_MINUTES`: see docs/reliability.md. */
export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    include: ['e2e/faults/soak.test.ts'],
    env: { HARK_SOAK_MINUTES: '30', ...process.env },
  },
});
