import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHark } from './program.js';

/** A file that is there, and is no recording. */
const THIS_FILE = fileURLToPath(import.meta.url);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hark-program-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function hark(...args: string[]): Promise<{ code: number; out: string; log: string }> {
  const out: string[] = [];
  const log: string[] = [];
  const code = await runHark(args, {
    out: (line) => out.push(line),
    log: (line) => log.push(line),
    interactive: false,
    // A port on which nobody listens.
    environment: {
      HARK_DATA: join(folder, 'data'),
      HARK_GATEWAY_PORT: '9',
      HARK_INGEST_PORT: '9',
      HARK_LEARNER_PORT: '9',
    },
    signal: new AbortController().signal,
  });
  return { code, out: out.join('\n'), log: log.join('\n') };
}

describe('hark', () => {
  it.each([
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['evaluate'], "missing required argument 'file'"],
    [['evaluate', '/nowhere.csv'], '/nowhere.csv: there is no such file or folder'],
    [['evaluate', '/nowhere.csv', '--classifier', 'oracle'], 'no classifier "oracle"'],
    [['evaluate', 'x', '--protocol', 'guess'], 'Allowed choices are prequential, leave-one-user-out'],
    [['evaluate', 'x', '--label-every', '0'], 'Give a whole number, 1 or more.'],
    [['import', 'x', '--sensor', 'thermometer'], 'Give accelerometer or gyroscope.'],
    [['import', 'x', '--data', 'd', '--url', 'http://localhost'], 'cannot be used with option'],
    [['simulate', '--faults', 'fire', '--out', 'x'], 'unknown fault "fire"'],
    [['simulate', '--speed', '-1'], 'Give max, or a number above 0'],
    [['models', 'rollback', 'seven'], 'Give a version, such as v37, or current, previous or challenger.'],
    [['replay', '/nowhere.csv'], '/nowhere.csv: there is no such file or folder, and it is no session id'],
    [['replay', '0123456789abcdef', '0123456789abcdef'], 'one session at a time'],
    [['replay', '0123456789abcdef', '--columns', 'x,y'], '--columns and --rejected are for files'],
    [['replay', THIS_FILE], 'program.test.ts has no header line'],
    [['replay', THIS_FILE, '/nowhere.csv'], '/nowhere.csv: there is no such file or folder'],
    [['replay', THIS_FILE, '--start', 'noon'], '--start noon: give ISO 8601 with a zone'],
    [['replay', THIS_FILE, '--start', '2', '--end', '2'], '--start 2 is not before --end 2'],
    [['sessions', '--url', 'nonsense'], 'Give a URL'],
  ])('answers wrong usage with exit code 2 and says what is wrong: %j', async (args, message) => {
    const { code, out, log } = await hark(...args);
    expect(code).toBe(2);
    expect(log).toContain(message);
    expect(out).toBe('');
  });

  it.each([['status'], ['models', 'list'], ['sessions']])(
    'ends with exit code 1 when the service is away: %s',
    async (...args) => {
      const { code, log } = await hark(...args);
      expect(code).toBe(1);
      expect(log).toMatch(/does not answer|away/);
    },
  );

  it('explains every command with examples', async () => {
    const { out: help } = await hark('--help');
    const commands = [
      'demo',
      'start',
      'simulate',
      'import',
      'evaluate',
      'replay',
      'models',
      'sessions',
      'status',
    ];
    for (const command of commands) {
      expect(help).toContain(`  ${command} `);
      const { code, out } = await hark(command, '--help');
      expect(code).toBe(0);
      expect(out).toContain('Examples:');
    }
  });

  it('simulates into files that it evaluates, with one digest whatever the order of the files', async () => {
    const recording = join(folder, 'recording');
    const options = ['--users', '2', '--devices', '2', '--minutes', '1', '--bout', '6', '--out', recording];
    const simulated = await hark('simulate', ...options, '--faults', 'dup,skew', '--json');
    expect(simulated.code, simulated.log).toBe(0);
    const { rows } = JSON.parse(simulated.out) as { rows: number };
    const files = readdirSync(recording).sort();
    expect(files).toEqual([
      'Phones_accelerometer.csv',
      'Phones_gyroscope.csv',
      'Watch_accelerometer.csv',
      'Watch_gyroscope.csv',
    ]);
    const json = join(folder, 'result.json');
    const predictions = join(folder, 'predictions.ndjson');
    const evaluated = await hark('evaluate', recording, '--json', json, '--predictions', predictions);
    expect(evaluated.code, evaluated.log).toBe(0);
    const result = JSON.parse(readFileSync(json, 'utf8')) as Record<string, unknown>;
    expect(result).toMatchObject({ rows, rejected: 0, protocol: 'prequential', classifier: 'ensemble' });
    expect(result['accuracy']).toBeGreaterThan(0.5);
    expect((result['segments'] as unknown[]).length).toBe(2);
    expect(readFileSync(predictions, 'utf8').trim().split('\n')).toHaveLength(result['windows'] as number);
    const backwards = files.toReversed().map((file) => join(recording, file));
    const again = await hark('evaluate', ...backwards, '--json', '-');
    expect((JSON.parse(again.out) as { digest: string }).digest).toBe(result['digest']);
  });

  it('ends with exit code 1 when the service whose version is to replay a file is away', async () => {
    const { code, out, log } = await hark('replay', join(folder, 'recording'), '--model', 'v1');
    expect([code, out]).toEqual([1, '']);
    expect(log).toContain('does not answer');
  });

  it('leaves one user out at a time, and scores the answers cold and adapting', async () => {
    const { code, out, log } = await hark(
      ...['evaluate', join(folder, 'recording'), '--protocol', 'leave-one-user-out', '--json', '-'],
    );
    expect(code, log).toBe(0);
    const { cold, adapting, windows } = JSON.parse(out) as Record<string, { windows: number }>;
    expect(cold.windows).toBe(windows);
    expect(adapting.windows).toBe(windows);
  });

  it('ends with exit code 1 when no row of the files can be read', async () => {
    const file = join(folder, 'acc.csv');
    writeFileSync(file, 'Creation_Time,x,y,z,User,Device\n1,nan,2,3,a,p\n');
    const { code, log } = await hark('evaluate', file);
    expect(code).toBe(1);
    expect(log).toContain('acc.csv row 1: non_finite: x is "nan"');
    expect(log).toContain('no row could be read');
  });
});
