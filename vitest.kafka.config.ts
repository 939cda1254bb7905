import { configDefaults, defineConfig } from 'vitest/config';
import shared from './vitest.config.js';

/** What needs a real Kafka broker: `npm run test:kafka`. */
export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    include: ['libs/*/src/**/*.kafka.test.ts', 'e2e/kafka/**/*.test.ts'],
    exclude: configDefaults.exclude,
    globalSetup: './e2e/kafka/shared-broker.ts',
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
