import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { APPS, hark, type App } from '../harness.js';
import { refusedStart } from '../refused-start.js';
import { alterLogFormat, alterStateVersion, storedStates } from './stored-versions.js';
import { unpackDataFolder } from './packed-data-folder.js';
import { SETTINGS } from './small-life.js';

const COMPAT = fileURLToPath(new URL('../../compat', import.meta.url));
/** Of both the states are of the versions that this build reads: of one the newest, of the other the oldest. */
const [NEWEST, OLDEST] = ['0.2.0', '0.1.0'];
const root = mkdtempSync(join(tmpdir(), 'hark-e2e-compat-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function stored(version = NEWEST): string {
  const folder = mkdtempSync(join(root, 'data-'));
  unpackDataFolder(join(COMPAT, version), folder);
  return folder;
}

/** The one line with which an app refuses a folder. */
async function refusal(app: App, folder: string): Promise<string> {
  const { code, stderr } = await refusedStart(app, { ...SETTINGS, HARK_DATA: folder });
  expect(code, `${app}: ${stderr}`).toBe(1);
  expect(stderr.split('\n'), stderr).toHaveLength(2);
  return stderr;
}

/** Every state that the stored folder holds; the settings of a report count as those of ingest. */
const STATES = {
  ingest: ['front-door', 'report-book', 'report-files', 'sensor-logger', 'windower'],
  learner: ['learner'],
  gateway: ['alert-desk', 'live', 'report-desk', 'sessions', 'version-scores'],
} as const;

describe('a state of another version', () => {
  it('is tried of every runner that has one', async () => {
    const folder = stored();
    for (const app of APPS) expect(await storedStates(folder, app)).toEqual(STATES[app]);
  });

  it.each(Object.entries(STATES).flatMap(([app, states]) => states.map((state) => [state, app as App])))(
    'newer than the program, of the %s, is refused in one line that says where, both versions and what to do',
    async (state, app) => {
      const folder = stored();
      await alterStateVersion(folder, app as App, state, 1);
      const line = await refusal(app as App, folder);
      const parts =
        /^(.*) holds a state of (.*) in version (\d+); this program reads version (\d+): go on with a newer version of Hark, which wrote it, or take another data folder \(HARK_DATA\)\n$/.exec(
          line,
        );
      expect(parts?.[1], line).toBe(join(folder, 'log', app));
      expect(Number(parts?.[3])).toBe(Number(parts?.[4]) + 1);
    },
    30_000,
  );

  it.each([
    ['learner', 'learner', 'hark.learner'],
    ['ingest', 'windower', 'windower'],
    ['ingest', 'front-door', 'the front door'],
    ['gateway', 'sessions', 'hark.sessions'],
  ] as const)(
    'older than the %s reads, of the %s, is refused in one line',
    async (app, state, format) => {
      const folder = stored(OLDEST);
      await alterStateVersion(folder, app, state, -1);
      expect(await refusal(app, folder)).toContain(
        `holds a state of ${format} in version `,
      );
    },
    30_000,
  );
});

describe('a log of a later format', () => {
  it.each(APPS)(
    'in the part of the %s, is refused by every app and every command that reads it, in one line',
    async (app) => {
      const folder = stored();
      await alterLogFormat(folder, app, 99);
      const line = new RegExp(
        `^(hark: )?${join(folder, 'log', app)} has log format 99; this version reads up to \\d+: go on with the newer version of Hark that wrote it, or take another data folder \\(HARK_DATA\\)\\n$`,
      );
      for (const said of await Promise.all(APPS.map((reader) => refusal(reader, folder))))
        expect(said).toMatch(line);
      for (const command of [
        ['verify'],
        ['export', 'predictions', '--out', join(folder, 'out')],
        ['migrate', '--brokers', '127.0.0.1:1'],
      ]) {
        const { code, stderr } = await hark([...command, '--data', folder]);
        expect([code, stderr]).toEqual([1, expect.stringMatching(line)]);
      }
    },
    60_000,
  );
});
