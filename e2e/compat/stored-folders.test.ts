import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPS, Service, hark } from '../harness.js';
import { packDataFolder, unpackDataFolder } from './packed-data-folder.js';
import { storedFormats } from './stored-versions.js';
import { RETENTION, SETTINGS, goOn, live, seen } from './small-life.js';

const COMPAT = fileURLToPath(new URL('../../compat', import.meta.url));
/**
 * `HARK_COMPAT=0.2.0` has this build write `compat/0.2.0`: when a format has changed, and never again. Of a name that
 * ends with `-trimmed` the log is trimmed.
 */
const WRITTEN = process.env['HARK_COMPAT'];

interface Expected {
  /** What is stored, with versions. */
  readonly formats: readonly string[];
  readonly seen: unknown;
  readonly after: unknown;
}

it.each(WRITTEN === undefined ? [] : [WRITTEN])(
  'a folder of version %s is written',
  async (version) => {
    const folder = join(COMPAT, version);
    expect(existsSync(folder), `${folder} is there: what was released does not change`).toBe(false);
    const trimmed = version.endsWith('-trimmed');
    const service = new Service({ ...SETTINGS, ...(trimmed && RETENTION) });
    const copy = new Service(SETTINGS);
    try {
      await live(service, trimmed);
      const bytes = packDataFolder(service.data, folder);
      expect(bytes).toBeLessThan(300_000);
      unpackDataFolder(folder, copy.data);
      const formats = await storedFormats(copy.data);
      await Promise.all(APPS.map((app) => copy.startApp(app)));
      const expected: Expected = { formats, seen: await seen(copy), after: await goOn(copy) };
      writeFileSync(join(folder, 'expected.json'), `${JSON.stringify(expected, null, 2)}\n`);
    } finally {
      await service.stop();
      await copy.stop();
    }
  },
  120_000,
);

const folders = existsSync(COMPAT) ? readdirSync(COMPAT) : [];
const expectedOf = (folder: string) =>
  JSON.parse(readFileSync(join(COMPAT, folder, 'expected.json'), 'utf8')) as Expected;

describe.each(folders)('the data folder %s', (folder) => {
  const expected = expectedOf(folder);
  const service = new Service(SETTINGS);
  beforeAll(() => unpackDataFolder(join(COMPAT, folder), service.data));
  afterAll(() => service.stop());

  it('comes out bit for bit when it is executed again', async () => {
    const { code, stderr, stdout } = await hark(['verify', '--data', service.data, '--json']);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ same: true });
  });

  it('shows the same predictions, versions, sessions, rules and reports', async () => {
    await Promise.all(APPS.map((app) => service.startApp(app)));
    expect(await seen(service)).toEqual(expected.seen);
  }, 60_000);

  it('is gone on with from its states: windows, models, numbers of batches, recordings of phones', async () => {
    expect(await goOn(service)).toEqual(expected.after);
  }, 60_000);

  it('holds then only formats of which a folder is stored', async () => {
    for (const app of APPS) expect(await service.terminate(app)).toBe(0);
    const known = new Set(folders.flatMap((each) => expectedOf(each).formats));
    const written = await storedFormats(service.data);
    // The log of an older folder says so, or is of the new format from now on.
    expect(written.filter((format) => !known.has(format))).toEqual([]);
  });
});
