import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { kafkajs } from './load-kafkajs.js';

const isLoaded = (): boolean =>
  Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('/kafkajs/'));

it('kafkajs is not loaded with the adapters, only when somebody asks for it', async () => {
  await import('../index.js');
  expect(isLoaded()).toBe(false);
  kafkajs();
  expect(isLoaded()).toBe(true);
});
