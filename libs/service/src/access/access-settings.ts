import { z } from 'zod';
import { wholeNumber } from '../whole-number.js';
import { CONNECTION_LIMITS } from './open-connections.js';
import type { TokenEntry } from './token-entry.js';
import { parseTokenList } from './token-list.js';

/** Who is let in, and how many: read by every app. */
export const accessSettings = {
  HARK_TOKENS: z.string().default('').transform(tokensOf),
  HARK_TOKENS_FILE: z.string().min(1).optional(),
  HARK_ALLOWED_ORIGINS: z.string().default('').transform(originsOf),
  HARK_MAX_CONNECTIONS: wholeNumber(12_000, 1, 1_000_000),
  HARK_MAX_CONNECTIONS_PER_ADDRESS: wholeNumber(CONNECTION_LIMITS.perAddress, 1, 1_000_000),
  HARK_MAX_CONNECTIONS_PER_TOKEN: wholeNumber(CONNECTION_LIMITS.perToken, 1, 1_000_000),
  HARK_REQUEST_TIMEOUT_MS: wholeNumber(60_000, 1000, 3_600_000),
};

export type AccessSettings = z.infer<z.ZodObject<typeof accessSettings>>;

function tokensOf(text: string, context: z.RefinementCtx): TokenEntry[] {
  try {
    return parseTokenList(text);
  } catch (error) {
    context.addIssue((error as Error).message);
    return z.NEVER;
  }
}

function originsOf(text: string, context: z.RefinementCtx): string[] {
  const origins = text
    .split(',')
    .map((part) => part.trim().replace(/\/$/, ''))
    .filter((part) => part !== '');
  for (const origin of origins) {
    if (isOrigin(origin)) continue;
    context.addIssue('expected origins such as https://hark.example, separated by commas');
    return z.NEVER;
  }
  return origins;
}

/** As a browser writes it. */
function isOrigin(text: string): boolean {
  try {
    const url = new URL(text);
    return (url.protocol === 'http:' || url.protocol === 'https:') && url.origin === text;
  } catch {
    return false;
  }
}
