import { z } from 'zod';
import { accessSettings } from './access/access-settings.js';
import { kafkaSettings } from './kafka-settings.js';
import { retentionSettings } from './retention/retention-settings.js';
import { SettingsError } from './settings-error.js';
import { wholeNumber } from './whole-number.js';

export { SettingsError } from './settings-error.js';
export { wholeNumber } from './whole-number.js';

/** A TCP port; 0 takes any free one. */
export const port = (fallback: number) => wholeNumber(fallback, 0, 65_535);

/** What every app reads. */
export const commonSettings = {
  HARK_DATA: z.string().min(1).default('./data'),
  HARK_HOST: z.string().min(1).default('127.0.0.1'),
  HARK_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], 'expected debug, info, warn, error or silent')
    .default('info'),
  HARK_SUPERVISED: z.enum(['0', '1'], 'expected 0 or 1').default('0'),
  ...accessSettings,
  ...kafkaSettings,
  ...retentionSettings,
};

/** The settings of every app, read. */
export type CommonSettings = z.infer<z.ZodObject<typeof commonSettings>>;

const SECRET = /(?<!PER_)TOKEN(?!S_FILE)|SECRET|PASSWORD|KEY|WEBHOOKS|MQTT_URL/;

/**
 * Reads an app's settings from environment variables; a variable that is set to nothing counts as absent.
 *
 * @throws SettingsError naming each wrong variable, its value (never a secret's) and what would be right.
 */
export function readSettings<Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: Readonly<Record<string, string | undefined>>,
): z.infer<z.ZodObject<Shape>> {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = z.object(shape).safeParse(present);
  const lines = (result.error?.issues ?? []).map((issue) => {
    const name = String(issue.path[0]);
    const value = SECRET.test(name) ? '(not shown)' : JSON.stringify(present[name] ?? null);
    return `${name}=${value}: ${issue.message}`;
  });
  if (!result.success) throw new SettingsError(lines.join('\n'));
  return result.data;
}
