import { expect, it } from 'vitest';
import { schemaHash } from './schema-hash.js';

it('agrees with the published FNV-1a vectors', () => {
  expect(schemaHash('')).toBe('cbf29ce484222325');
  expect(schemaHash('a')).toBe('af63dc4c8601ec8c');
  expect(schemaHash('foobar')).toBe('85944171f73967e8');
});

it('is 16 digits long even when the hash begins with zeros', () => {
  // 77kepQFQ8Kl hashes to zero: Landon Noll's collision page.
  expect(schemaHash('77kepQFQ8Kl')).toBe('0000000000000000');
});
