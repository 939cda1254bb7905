import { createHmac } from 'node:crypto';

/** Bytes that a secret must have. */
const LEAST_BYTES = 16;

/** A secret for webhooks is too short, or is not what its prefix promises. The secret is not in the message. */
export class WebhookSecretError extends Error {
  readonly code = 'webhook_secret';
  constructor() {
    super(
      `expected whsec_ and base64 of at least ${LEAST_BYTES} bytes, or at least ${LEAST_BYTES} characters`,
    );
  }
}

/**
 * The key in a secret: what follows `whsec_` is base64, as Standard Webhooks has it; anything else is the key itself.
 *
 * @throws WebhookSecretError
 */
export function webhookKey(secret: string): Buffer {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const key = base64 === undefined ? Buffer.from(secret) : Buffer.from(base64, 'base64');
  if (key.length < LEAST_BYTES || (base64 === undefined && secret.startsWith('whsec_')))
    throw new WebhookSecretError();
  return key;
}

/** The headers that say whom a message is from and what it is: Standard Webhooks 1.0.0, symmetric signature. */
export function signedHeaders(
  key: Buffer,
  id: string,
  timestampMs: number,
  body: string,
): Record<string, string> {
  const timestamp = String(Math.floor(timestampMs / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
