import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHark } from '../program.js';

let folder: string;
let recordings: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hark-evaluate-test-'));
  recordings = join(folder, 'recordings');
  const simulation = [
    'simulate',
    '--users',
    '2',
    '--devices',
    '3',
    '--minutes',
    '2',
    '--seed',
    '5',
    '--bout',
    '20',
  ];
  expect((await hark(...simulation, '--out', recordings)).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function hark(...args: string[]): Promise<{ code: number; out: string; log: string }> {
  const out: string[] = [];
  const log: string[] = [];
  const code = await runHark(args, {
    out: (line) => out.push(line),
    log: (line) => log.push(line),
    interactive: false,
    environment: {},
    signal: new AbortController().signal,
  });
  return { code, out: out.join('\n'), log: log.join('\n') };
}

interface Scores {
  readonly windows: number;
  readonly labelled: number;
  readonly unanswered: number;
  readonly accuracy: number;
  readonly baselines: { readonly noChange: number };
}

interface Result extends Scores {
  readonly digest: string;
  readonly classifier: string;
  readonly perUser: readonly (Scores & { readonly user: string })[];
  readonly perModel: readonly Scores[];
  readonly segments: readonly Scores[];
  readonly confusion: { readonly counts: readonly (readonly number[])[] };
  readonly calibration: { readonly bins: readonly { readonly windows: number }[] };
  readonly series: { readonly at: readonly number[]; readonly accuracy: readonly number[] };
  readonly marks: readonly { readonly at: number; readonly kind: string; readonly text: string }[];
  readonly cold?: Scores;
  readonly adapting?: Scores;
  readonly compared?: readonly (Result & { readonly against?: Paired; readonly coldAgainst?: Paired })[];
}

interface Paired {
  readonly windows: number;
  readonly difference: number;
  readonly onlyARight: number;
  readonly onlyBRight: number;
  readonly pValue: number;
  readonly nonOverlapping: { readonly windows: number };
}

/** Results by arguments: the same question is asked by several tests. */
const results = new Map<string, Result>();

async function evaluated(...args: string[]): Promise<Result> {
  const known = results.get(args.join(' '));
  if (known !== undefined) return known;
  const { code, out, log } = await hark('evaluate', recordings, '--json', '-', ...args);
  expect(code, log).toBe(0);
  const result = JSON.parse(out) as Result;
  results.set(args.join(' '), result);
  return result;
}

describe('hark evaluate', () => {
  it('writes a JSON whose parts add up to the whole', async () => {
    const result = await evaluated();
    const { windows, labelled, unanswered, accuracy } = result;
    const scored = labelled - unanswered;
    const sum = (parts: readonly Scores[], of: 'windows' | 'labelled') =>
      parts.reduce((total, part) => total + part[of], 0);
    for (const parts of [result.perUser, result.perModel, result.segments]) {
      expect([sum(parts, 'windows'), sum(parts, 'labelled')]).toEqual([windows, labelled]);
    }
    expect(result.confusion.counts.flat().reduce((a, b) => a + b)).toBe(scored);
    expect(result.calibration.bins.reduce((total, bin) => total + bin.windows, 0)).toBe(scored);
    expect(result.series.at.at(-1)).toBe(scored);
    expect(scored).toBeLessThan(500);
    // Fewer windows than the series' span: its last point is the accuracy of all.
    expect(result.series.accuracy.at(-1)).toBe(accuracy);
    expect(result.marks[0]).toEqual({ at: 0, kind: 'version', text: 'v1 (start)' });
  });

  it('prints the scores, the baselines beside, and tables of activities, users and device models', async () => {
    const { out } = await hark('evaluate', recordings);
    const { digest, accuracy, baselines } = await evaluated();
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    expect(out).toMatch(new RegExp(`accuracy +${percent(accuracy)}`));
    expect(out).toContain(`no change ${percent(baselines.noChange)}`);
    expect(out).toContain(digest);
    for (const head of [
      'activity +precision',
      'true \\\\ predicted',
      'user +windows',
      'device model +windows',
    ]) {
      expect(out).toMatch(new RegExp(`^${head}`, 'm'));
    }
  });

  it('gives the same digest with labels that are late, and scores all that are true', async () => {
    const sparse = ['--label-every', '5', '--label-delay', '10'];
    const a = await evaluated(...sparse);
    expect((await hark('evaluate', recordings, ...sparse)).out).toContain(a.digest);
    const all = await evaluated();
    expect(a.digest).not.toBe(all.digest);
    expect(a.labelled).toBe(all.labelled);
    expect(a.unanswered).toBeGreaterThan(all.unanswered);
  });

  it('compares classifiers on the windows that both answered, each as if it were alone', async () => {
    const { compared = [], digest } = await evaluated('--compare', 'ensemble,no-change');
    const [first, other] = compared;
    expect(compared.map(({ classifier }) => classifier)).toEqual(['ensemble', 'no-change']);
    expect([first.digest, digest]).toEqual([(await evaluated()).digest, first.digest]);
    expect(other.digest).toBe((await evaluated('--classifier', 'no-change')).digest);
    expect(first.against).toBe(undefined);
    const { windows, difference, onlyARight, onlyBRight, nonOverlapping } = other.against as Paired;
    expect(windows).toBe(first.labelled - first.unanswered);
    expect(difference).toBeCloseTo(other.accuracy - first.accuracy, 12);
    expect(onlyBRight - onlyARight).toBe(Math.round(difference * windows));
    expect(nonOverlapping.windows).toBeGreaterThan(0.4 * windows);
    expect(nonOverlapping.windows).toBeLessThan(0.6 * windows);
  });

  it('leaves users out for each classifier in turn', async () => {
    const args = ['--protocol', 'leave-one-user-out', '--label-every', '2'];
    const { compared = [], ...result } = await evaluated(...args, '--compare', 'ensemble,majority');
    const alone = await evaluated(...args);
    expect(result.digest).toBe(alone.digest);
    expect([result.cold?.accuracy, result.adapting?.accuracy]).toEqual([
      alone.cold?.accuracy,
      alone.adapting?.accuracy,
    ]);
    const other = compared[1];
    expect(other.coldAgainst?.difference).toBeCloseTo(
      (other.cold?.accuracy ?? NaN) - (result.cold?.accuracy ?? NaN),
      12,
    );
    expect(other.against?.difference).toBeCloseTo(other.accuracy - result.accuracy, 12);
    expect(result.marks.filter(({ kind }) => kind === 'user').map(({ text }) => text)).toEqual(
      result.perUser.map(({ user }) => user),
    );
    const { out } = await hark('evaluate', recordings, ...args, '--compare', 'rls,majority');
    expect(out).toContain('Cold (model of the others, frozen):');
    expect(out).toMatch(/^Against rls, on the windows that both answered/m);
  });

  it('writes one HTML file with its figures', async () => {
    const file = join(folder, 'report.html');
    const { code, out } = await hark('evaluate', recordings, '--html', file);
    expect(code).toBe(0);
    const document = readFileSync(file, 'utf8');
    const digest = /model digest +([0-9a-f]{64})/.exec(out)?.[1];
    expect(document).toContain(`<code>${digest}</code>`);
    expect(document).toContain('<title>version at 0: v1 (start)</title>');
    expect(document.match(/<svg viewBox="0 0 (900|400)/g)).toHaveLength(3);
  });

  it.each([
    [['--compare', 'rls,rls'], '--compare names rls twice'],
    [['--compare', ','], '--compare names no classifier'],
    [['--html', '/nowhere/report.html'], '--html /nowhere/report.html: no file can be written in /nowhere'],
    [['--compare', 'rls,oracle'], 'no classifier "oracle"'],
    [['--compare', 'rls,majority', '--classifier', 'rls'], 'cannot be used with option'],
    [['--compare', 'rls,majority', '--predictions', 'p.ndjson'], 'cannot be used with option'],
  ])('answers wrong usage with exit code 2 and says what is wrong: %j', async (args, message) => {
    const { code, log } = await hark('evaluate', recordings, ...args);
    expect(code).toBe(2);
    expect(log).toContain(message);
  });

  it('lists the classifiers in its help', async () => {
    expect((await hark('evaluate', '--help')).out).toMatch(/^Classifiers:\n {2}ensemble/m);
  });
});
