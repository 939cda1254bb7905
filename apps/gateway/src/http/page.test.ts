import { MemoryLog } from '@hark/streaming';
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { startGateway } from '../testing/gateway-harness.js';
import { ManualClock } from '../testing/manual-clock.js';

it('the page comes with a policy that allows its own script and no other host', async () => {
  const gateway = await startGateway({ log: new MemoryLog({ now: () => 0 }), clock: new ManualClock() });
  const response = await fetch(`${gateway.url}/`);
  const html = await response.text();
  await gateway.close();
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const [, script = ''] = /<script>([^]*)<\/script>/.exec(html) ?? [];
  expect(script).toContain('/v1/events?channel=predictions');
  const hash = createHash('sha256').update(script).digest('base64');
  expect(response.headers.get('content-security-policy')).toContain(`script-src 'sha256-${hash}'`);
  expect(html).not.toMatch(/https?:\/\//);
  // A syntax error would leave the page dead without any other test noticing.
  expect(() => new Function(script)).not.toThrow();
});
