import { defineConfig } from 'vitest/config';
import shared from './vitest.config.js';

/** The fault suite at its full size: see docs/reliability.md. Sizes set outside win. */
export default defineConfig({
  ...shared,
  test: {
    // Not merged, which would add the files of the other suite to these.
    ...shared.test,
    include: ['e2e/faults/**/*.test.ts', 'e2e/crash.test.ts'],
    // One file at a time: they measure, and kill, processes on the same few cores.
    fileParallelism: false,
    env: {
      HARK_FAULTS: 'all',
      HARK_FAULT_SEEDS: '20000',
      HARK_FUZZ_CASES: '333334',
      HARK_FUZZ_REQUESTS: '100000',
      HARK_FUZZ_FRAMES: '100000',
      HARK_E2E_KILLS: '67',
      HARK_SOAK_MINUTES: '0.5',
      ...process.env,
    },
  },
});
