import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

/** Pictures of each state, for people to look at. */
const STATES = process.env['HARK_PICTURES'] || join(tmpdir(), 'hark-pictures');
/** Whether, with `HARK_README_PICTURES=1`, those that the README shows are made anew: of the story once it has been told. */
export const README = process.env['HARK_README_PICTURES'] === '1';
const IMAGES = fileURLToPath(new URL('../../docs/images', import.meta.url));

/** Keeps a picture of the page as it is. @param readme under which name the README has it. */
export async function picture(page: Page, name: string, readme?: string): Promise<void> {
  mkdirSync(STATES, { recursive: true });
  await page.screenshot({ path: join(STATES, `${name}.png`) });
  if (!README || readme === undefined) return;
  mkdirSync(IMAGES, { recursive: true });
  await page.screenshot({ path: join(IMAGES, `${readme}.png`) });
}
