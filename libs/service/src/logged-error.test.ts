import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { loggedError } from './logged-error.js';

class DiskError extends Error {
  readonly code = 'log_disk';
  readonly record = { x: 9.80665 };
}

it('says of a foreseen error its code and message, and neither its fields nor where it came from', () => {
  expect(loggedError(new DiskError('the disk has failed'))).toEqual({
    type: 'DiskError',
    code: 'log_disk',
    message: 'the disk has failed',
  });
});

it('says of a fault where in the program it came from, and not where the program is', () => {
  const fault = new TypeError('x is undefined');
  const root = new URL('../../../', import.meta.url);
  fault.stack = [
    'TypeError: x is undefined',
    `    at take (${root.href}apps/ingest/dist/front-door/front-door.js:10:5)`,
    `    at ${fileURLToPath(root)}node_modules/express/lib/router.js:1:2`,
    '    at node:internal/process/task_queues:95:5',
  ].join('\n');
  expect(loggedError(fault)).toEqual({
    type: 'TypeError',
    message: 'x is undefined',
    stack: [
      'TypeError: x is undefined',
      '    at take (apps/ingest/dist/front-door/front-door.js:10:5)',
      '    at node_modules/express/lib/router.js:1:2',
      '    at node:internal/process/task_queues:95:5',
    ].join('\n'),
  });
});

it('takes what is no error too', () => {
  expect(loggedError('no')).toEqual({ type: 'string', message: 'no' });
});
