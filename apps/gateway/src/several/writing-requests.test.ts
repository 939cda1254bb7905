import { expect, it } from 'vitest';
import { isForWriter } from './writing-requests.js';

it.each([
  ['POST', '/v1/labels'],
  ['DELETE', '/v1/labels/5'],
  ['PATCH', '/v1/models/learning'],
  ['POST', '/v1/models/3/rollback'],
  ['POST', '/v1/reports'],
  ['POST', '/v1/replays'],
  ['POST', '/v1/replays/a1/control'],
  ['DELETE', '/v1/users/a'],
  ['GET', '/v1/replays'],
  ['GET', '/v1/Replays/a1/?x=1'],
  ['HEAD', '/v1/alerts/rules'],
])('%s %s is for the gateway that writes', (method, url) => {
  expect(isForWriter(method, url)).toBe(true);
});

it.each([
  ['GET', '/'],
  ['GET', '/v1/alerts?limit=5'],
  ['GET', '/v1/models'],
  ['GET', '/v1/sessions/a/samples'],
  ['GET', '/v1/events?channel=replay:a1'],
  ['GET', '/v1/reports/steps/status'],
  ['POST', '/v1/replays/compare'],
  ['OPTIONS', '/v1/labels'],
])('%s %s is answered by any gateway', (method, url) => {
  expect(isForWriter(method, url)).toBe(false);
});
