import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** `HARK_CHROMIUM`, or where systems usually have one; null where there is none. */
export const chromiumPath: string | null =
  process.env['HARK_CHROMIUM'] || (USUAL.find((path) => existsSync(path)) ?? null);

/** Why browser tests are skipped. */
export const NO_CHROMIUM =
  'SKIPPED: no Chromium found. Set HARK_CHROMIUM to one, or install it: apt-get install -y chromium';

export function launch(): Promise<Browser> {
  // As root, as in containers, Chromium has no sandbox of its own.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: chromiumPath ?? '', args });
}
