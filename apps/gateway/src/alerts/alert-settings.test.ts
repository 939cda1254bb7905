import { readSettings } from '@hark/service';
import { describe, expect, it } from 'vitest';
import { alertOptions, alertSettings } from './alert-settings.js';

const options = (environment: Record<string, string>) =>
  alertOptions(readSettings(alertSettings, environment));

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

describe('the settings of alerts', () => {
  it('send nothing by themselves', () => {
    expect(options({})).toEqual({ silentAfterMs: 60_000, behindAfterMs: 30_000 });
  });

  it('allow rules to send to the targets, and to where every alert is sent', () => {
    const { webhooks } = options({
      HARK_WEBHOOKS: 'http://127.0.0.1:9/a, https://hooks.example/b',
      HARK_WEBHOOK_TARGETS: '*.chat.example',
      HARK_WEBHOOK_SECRET: SECRET,
    });
    expect(webhooks?.urls).toEqual(['http://127.0.0.1:9/a', 'https://hooks.example/b']);
    expect(webhooks?.key).toHaveLength(24);
    expect(webhooks?.allowList.permit('http://127.0.0.1:9/a')).not.toBe(null);
    expect(webhooks?.allowList.permit('http://127.0.0.1:9/')).toBe(null);
    expect(webhooks?.allowList.permit('https://a.chat.example/')).not.toBe(null);
  });

  it.each([
    [
      { HARK_WEBHOOKS: 'hooks.example', HARK_WEBHOOK_SECRET: SECRET },
      'HARK_WEBHOOKS=(not shown): expected http',
    ],
    [{ HARK_WEBHOOKS: 'https://a:b@hooks.example' }, 'HARK_WEBHOOKS=(not shown): expected http'],
    [{ HARK_WEBHOOK_TARGETS: 'a/b' }, 'HARK_WEBHOOK_TARGETS="a/b": expected URLs or hosts'],
    [{ HARK_WEBHOOKS: 'https://hooks.example' }, 'HARK_WEBHOOK_SECRET is not set, and HARK_WEBHOOKS is'],
    [{ HARK_WEBHOOK_SECRET: 'hunter2' }, 'HARK_WEBHOOK_SECRET=(not shown): expected whsec_'],
    [{ HARK_SILENT_AFTER_MS: '1' }, 'HARK_SILENT_AFTER_MS="1": expected a whole number from 100 to 86400000'],
  ])('are refused where they do not fit: %j', (environment, message) => {
    expect(() => options(environment as Record<string, string>)).toThrow(message);
  });
});
