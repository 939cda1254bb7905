import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@hark/source'] },
  ssr: { resolve: { conditions: ['@hark/source'], externalConditions: ['@hark/source'] } },
  test: {
    include: ['{apps,libs,tools}/*/src/**/*.test.ts', 'models/src/**/*.test.ts', 'e2e/**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/*.kafka.test.ts', 'e2e/kafka/**'],
    reporters: ['default', './tools/test-summary.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
