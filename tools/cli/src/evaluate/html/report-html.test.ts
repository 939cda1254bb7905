import { Evaluation } from '@hark/models';
import type { Prediction } from '@hark/contracts';
import { describe, expect, it } from 'vitest';
import type { EvaluationResult } from '../evaluation-result.js';
import type { Mark } from '../mark.js';
import type { RunFigures } from '../run-figures.js';
import { reportHtml } from './report-html.js';

const FIGURES: RunFigures = {
  ...{ protocol: 'prequential', labels: { every: 1, delayMs: 0 }, rows: 2560, rejected: 3 },
  ...{ seconds: 2, rowsPerSecond: 1280, windowsPerSecond: 30 },
};

function result(
  classifier: string,
  windows: number,
  change: Partial<EvaluationResult> = {},
): EvaluationResult {
  const evaluation = new Evaluation();
  for (let i = 0; i < windows; i++) {
    const start = 2560 * 1000 + 1280 * i;
    const [label, other] = i % 20 < 10 ? ['sit', 'walk'] : ['walk', 'sit'];
    const likely = i % 10 === 0 ? other : label;
    evaluation.add({
      ...{ final: true, user: i % 2 === 0 ? '<script>' : 'b', device: 'phone', model: 'nexus4', label },
      window: { start: new Date(start).toISOString(), end: new Date(start + 2560).toISOString() },
      probabilities: { [likely]: 0.8, [likely === label ? other : label]: 0.2 },
    } as unknown as Prediction);
  }
  return {
    ...{
      classifier,
      report: evaluation.report(),
      cold: null,
      fused: null,
      coldFused: null,
      marks: [],
      digest: `digest-of-${classifier}`,
    },
    ...{ modelVersion: 1, microsecondsPerWindow: 12, against: null, coldAgainst: null },
    ...change,
  };
}

const subject = (...names: string[]) => ({
  files: ['a & b.csv'],
  described: names.map((name) => [name, ''] as const),
});

const report = (...results: EvaluationResult[]) =>
  reportHtml(results, FIGURES, subject(...results.map(({ classifier }) => classifier)));

/** Elements left open or closed out of turn, and bare ampersands; none in well-formed markup. */
function faults(document: string): string[] {
  const found: string[] = [];
  const open: string[] = [];
  const markup = document.replace('<!doctype html>', '').replace(/<style>[^<]*<\/style>/, '');
  for (const [, text, close, name, attributes, empty] of markup.matchAll(
    /([^<]*)<(\/?)([a-zA-Z][\w]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g,
  )) {
    if (/&(?!#\d+;)/.test(text + attributes)) found.push(`bare & in ${text}${attributes}`);
    if (close === '/' && open.pop() !== name) found.push(`</${name}>`);
    if (close === '' && empty === '') open.push(name);
  }
  const tags = [...markup.matchAll(/<(?=[a-zA-Z/])/g)].length;
  const read = [...markup.matchAll(/<\/?[a-zA-Z][\w]*(?:\s+[\w:-]+="[^"<]*")*\s*\/?>/g)].length;
  if (tags !== read) found.push(`${tags - read} tags that can't be read`);
  return [...found, ...open.map((name) => `<${name}> left open`)];
}

const MARKS: readonly Mark[] = [
  { at: 0, kind: 'version', text: 'v1 (start)' },
  { at: 40, kind: 'warning', text: 'adwin' },
  { at: 41, kind: 'drift', text: 'adwin on error: 0.1 → 0.5 (<script>)' },
  { at: 50, kind: 'recovered', text: 'adwin', episode: 'another' },
  { at: 60, kind: 'recovered', text: 'adwin' },
];

describe('the HTML report', () => {
  it.each([
    ['of one classifier', [result('rls', 100, { marks: MARKS })]],
    ['of nothing', [result('rls', 0)]],
    ['of one window', [result('rls', 1)]],
    ['of users left out', [result('rls', 100, { cold: result('rls', 100).report })]],
  ])('is well-formed and finite: %s', (_, results) => {
    const document = report(...results);
    expect(faults(document)).toEqual([]);
    expect(document).not.toMatch(/NaN|Infinity|undefined|\bnull\b/);
  });

  it('needs no script and no other host', () => {
    const document = report(result('rls', 100, { marks: MARKS }));
    expect(document).not.toMatch(/<script|<link|<img|@import|url\((?!#)|https?:/);
    expect(document).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  it('shows what names hold as text', () => {
    expect(report(result('rls', 100))).toContain('<th scope="row">&#60;script&#62;</th>');
    expect(report(result('rls', 100))).toContain('a &#38; b.csv');
  });

  it('has its headline figures, the baselines beside, and the digest', () => {
    const document = report(result('rls', 100));
    expect(document).toContain('<dt>Accuracy</dt><dd>90.0 %<small>no change');
    expect(document).toContain('<dt>Calibration error</dt><dd>10.0 %<small>at most 10.0 %, Brier 0.200');
    expect(document).toContain('<code>digest-of-rls</code>');
  });

  it('marks versions and drift on the axis of accuracy, and shades an episode until its recovery', () => {
    const document = report(result('rls', 100, { marks: MARKS }));
    // 41 and 60 of 100 windows on an axis from 56 to 884.
    expect(document).toContain('<rect class="episode" x="395.5" y="30" width="157.3" height="224"/>');
    expect(document).toMatch(/class="mark version"><title>version at 0: v1 \(start\)<\/title><text x="56"/);
    expect(document).toContain('◆ drift</text>');
    expect(document).toContain('<td>adwin on error: 0.1 → 0.5 (&#60;script&#62;)</td>');
  });

  it('gives every plot a title and a description, and every table a caption', () => {
    const document = report(result('rls', 100, { marks: MARKS, cold: result('rls', 100).report }));
    const plots = [...document.matchAll(/<svg [^>]*aria-labelledby="([\w-]+) ([\w-]+)"/g)];
    expect(plots.length).toBe(4);
    for (const [, title, description] of plots) {
      expect(document).toContain(`<title id="${title}">`);
      expect(document).toContain(`<desc id="${description}">`);
    }
    const ids = [...document.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...document.matchAll(/<table/g)].length).toBe([...document.matchAll(/<caption>/g)].length);
  });

  it('says so where nothing can be scored', () => {
    const document = report(result('rls', 0));
    expect(document).toContain('<p>Nothing can be scored: no window has both a label and an answer.</p>');
    expect(document).toContain('<code>digest-of-rls</code>');
    expect(document).not.toContain('0.0 %');
  });

  it('puts several classifiers side by side, each against the first', () => {
    const against = {
      ...{ windows: 100, bothRight: 80, onlyARight: 10, onlyBRight: 2, bothWrong: 8, difference: -0.08 },
      ...{ pValue: 0.0386, test: 'exact' as const },
    };
    const other = { ...against, nonOverlapping: { ...against, pValue: 0.21 } };
    const document = report(result('rls', 100), result('softmax', 100, { against: other }));
    expect(faults(document)).toEqual([]);
    expect(document).toContain(
      '<tr><th scope="row">softmax</th><td>-8.00 points</td><td>100</td><td>2</td><td>10</td><td>0.039</td><td>0.21</td></tr>',
    );
    expect(document).toContain('<h2>softmax</h2>');
  });
});
