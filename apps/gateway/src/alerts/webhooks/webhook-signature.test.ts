import { describe, expect, it } from 'vitest';
import { WebhookSecretError, signedHeaders, webhookKey } from './webhook-signature.js';

describe('the signature of a webhook', () => {
  it('is the one of the example of Standard Webhooks', () => {
    // The vector of the specification's reference libraries.
    const key = webhookKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    expect(
      signedHeaders(key, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330_999, '{"test": 2432232314}'),
    ).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });
});

describe('a secret', () => {
  it('that is not base64 of the usual form is itself the key', () => {
    expect(webhookKey('correct horse battery').toString()).toBe('correct horse battery');
  });

  it.each(['', 'short', 'whsec_AAAA', 'whsec_correct horse battery staple'])('%j is refused', (secret) => {
    expect(() => webhookKey(secret)).toThrow(WebhookSecretError);
  });
});
