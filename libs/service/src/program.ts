import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** In the folder of a bundle: what it was made of, files relative to that folder with the SHA-256 of each. */
export const MADE_OF = 'made-of.json';

/**
 * The program of an app: the bundle that the build makes of its modules and of the packages they use, which loads in
 * less than half of the time, or the modules themselves where the bundle is not there or was made of anything but what
 * is compiled and installed now. So an app never runs anything older than what was compiled last.
 *
 * @param main URL of the app's `dist/main.js`; the bundle is `bundle/app.js` beside `dist`.
 */
export function programOf(main: string): string {
  const bundle = new URL('../bundle/', main);
  return isOfNow(bundle) ? new URL('app.js', bundle).href : new URL('app.js', main).href;
}

function isOfNow(bundle: URL): boolean {
  try {
    const madeOf = JSON.parse(readFileSync(new URL(MADE_OF, bundle), 'utf8')) as Record<string, string>;
    return Object.entries(madeOf).every(([file, digest]) => digestOf(new URL(file, bundle)) === digest);
  } catch {
    return false;
  }
}

/** @throws where the file can't be read. */
export function digestOf(file: URL): string {
  return createHash('sha256').update(readFileSync(file)).digest('base64');
}
