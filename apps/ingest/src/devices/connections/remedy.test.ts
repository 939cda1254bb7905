import { expect, it } from 'vitest';
import type { Attempt } from './connection.js';
import { remedyOf } from './remedy.js';

it.each([
  ['log_full', 'The disk is full: make room, nothing else is needed.'],
  ['log_away', 'Kafka does not answer: see that it runs and can be reached, nothing else is needed.'],
])('of a refusal by the log says what keeps it from storing: %s', (code, remedy) => {
  const attempt = { code, verdict: 'refused', aheadMs: null, missing: 0 } as unknown as Attempt;
  expect(remedyOf(attempt)).toBe(remedy);
});
