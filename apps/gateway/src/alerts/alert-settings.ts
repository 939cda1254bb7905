import { SettingsError, wholeNumber } from '@hark/service';
import { z } from 'zod';
import type { AlertOptions } from './alerts.js';
import { WebhookAllowList, webhookUrl } from './webhooks/webhook-allow-list.js';
import { webhookKey } from './webhooks/webhook-signature.js';

const DAY_MS = 86_400_000;
const LONGEST_RETRY_MS = 3_600_000;

const commaList = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const targets = z
  .string()
  .default('')
  .transform((text, context) => {
    try {
      const entries = commaList(text);
      return { entries, allowList: new WebhookAllowList(entries) };
    } catch (error) {
      context.addIssue((error as Error).message);
      return z.NEVER;
    }
  });

const urls = z
  .string()
  .default('')
  .transform((text, context) => {
    const found = commaList(text);
    if (found.every((url) => webhookUrl(url) !== null)) return found;
    context.addIssue('expected http or https URLs without a user and a fragment, separated by commas');
    return z.NEVER;
  });

const key = z
  .string()
  .optional()
  .transform((secret, context) => {
    try {
      return secret === undefined ? null : webhookKey(secret);
    } catch (error) {
      context.addIssue((error as Error).message);
      return z.NEVER;
    }
  });

/** What alerts are made by, and where they are sent. */
export const alertSettings = {
  HARK_SILENT_AFTER_MS: wholeNumber(60_000, 100, DAY_MS),
  HARK_BEHIND_AFTER_MS: wholeNumber(30_000, 100, DAY_MS),
  HARK_WEBHOOKS: urls,
  HARK_WEBHOOK_TARGETS: targets,
  HARK_WEBHOOK_SECRET: key,
  HARK_WEBHOOK_RETRY_MS: wholeNumber(5000, 10, LONGEST_RETRY_MS),
  HARK_WEBHOOK_GIVE_UP_MS: wholeNumber(DAY_MS, 1000, 30 * DAY_MS),
};

type AlertSettings = z.infer<z.ZodObject<typeof alertSettings>>;

/** @throws SettingsError where alerts would be sent without a signature. */
export function alertOptions(settings: AlertSettings): AlertOptions {
  const { HARK_WEBHOOKS, HARK_WEBHOOK_TARGETS, HARK_WEBHOOK_SECRET } = settings;
  const limits = {
    silentAfterMs: settings.HARK_SILENT_AFTER_MS,
    behindAfterMs: settings.HARK_BEHIND_AFTER_MS,
  };
  const entries = [...HARK_WEBHOOKS, ...HARK_WEBHOOK_TARGETS.entries];
  if (entries.length === 0) return limits;
  if (HARK_WEBHOOK_SECRET === null) {
    const name = HARK_WEBHOOKS.length > 0 ? 'HARK_WEBHOOKS' : 'HARK_WEBHOOK_TARGETS';
    throw new SettingsError(`HARK_WEBHOOK_SECRET is not set, and ${name} is: alerts are sent signed only`);
  }
  return {
    ...limits,
    webhooks: {
      urls: HARK_WEBHOOKS,
      allowList: new WebhookAllowList(entries),
      key: HARK_WEBHOOK_SECRET,
      firstRetryMs: settings.HARK_WEBHOOK_RETRY_MS,
      longestRetryMs: LONGEST_RETRY_MS,
      giveUpAfterMs: settings.HARK_WEBHOOK_GIVE_UP_MS,
    },
  };
}
