import { describe, expect, it } from 'vitest';
import { renderAttempts, type DeviceAttempt } from './attempts.js';

const attempt = (more: Partial<DeviceAttempt>): DeviceAttempt => ({
  at: '2026-01-02T03:04:05.000Z',
  way: 'POST /v1/sensor-logger',
  address: '192.168.1.9',
  user: 'ada',
  device: 'phone-1',
  verdict: 'accepted',
  code: null,
  times: 3,
  aheadMs: 0,
  remedy: null,
  ...more,
});

describe('the attempts of devices', () => {
  it('are a table with what to do below it, each thing once', () => {
    const text = renderAttempts([
      attempt({}),
      attempt({ verdict: 'refused', code: 'gravity_off', remedy: 'Turn on Gravity.' }),
      attempt({ device: 'phone-2', verdict: 'refused', code: 'gravity_off', remedy: 'Turn on Gravity.' }),
    ]);
    expect(text).toContain('03:04:05');
    expect(text).toContain('refused: gravity_off');
    expect(text.split('→ Turn on Gravity.')).toHaveLength(2);
  });

  it('are said to be none', () => {
    expect(renderAttempts([])).toContain('No device has sent anything');
  });
});
