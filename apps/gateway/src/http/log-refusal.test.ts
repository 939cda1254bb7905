import { ProblemError } from '@hark/service';
import { LogAwayError, LogFullError } from '@hark/streaming';
import { expect, it } from 'vitest';
import { logRefusal } from './log-refusal.js';

it.each([
  [new LogFullError('no room in /some/path'), 'log_full', 'Disk full', 'there is room'],
  [new LogAwayError('Kafka is away: refused'), 'log_away', 'Kafka is away', 'Kafka answers'],
])('is a 503 by the name of what refuses, without its words: %s', (error, code, title, when) => {
  const refusal = logRefusal(error) as ProblemError;
  expect(refusal).toBeInstanceOf(ProblemError);
  expect(refusal.problem).toMatchObject({
    ...{ status: 503, code, title },
    detail: `The request could not be stored; nothing has changed. Send it again when ${when}.`,
  });
  expect(refusal.headers).toEqual({ 'retry-after': '10' });
});

it('leaves every other error as it is', () => {
  const error = new Error('something else');
  expect(logRefusal(error)).toBe(error);
});
