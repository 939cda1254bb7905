import { describe, expect, it } from 'vitest';
import type { Bench } from './bench.js';
import { BenchUsageError, helpText, readOptions } from './options.js';

const bench = (name: string): Bench => ({ name, about: `about ${name}`, run: () => [] });
const all = [bench('stages'), bench('import'), bench('live')];
const read = (...args: string[]) => readOptions(args, all);

describe('the options of the bench', () => {
  it('measure everything with five million rows a file unless told otherwise', () => {
    expect(read()).toEqual({
      quick: false,
      json: false,
      help: false,
      rows: 5_000_000,
      files: [],
      benches: all,
    });
  });

  it('measure less with --quick', () => {
    expect(read('--quick').rows).toBe(200_000);
    expect(read('--quick', '--rows', '1000').rows).toBe(1000);
  });

  it('take names given one by one or with commas, and keep the order of the bench', () => {
    const names = (...args: string[]) => read(...args).benches.map(({ name }) => name);
    expect(names('--only', 'live,stages')).toEqual(['stages', 'live']);
    expect(names('--only', 'live', '--only', 'import')).toEqual(['import', 'live']);
  });

  it.each([
    [['--only', 'nothing'], '--only nothing: there are stages, import, live'],
    [['--rows', '1e2'], '--rows 1e2: give a whole number from 1000'],
    [['--rows', 'many'], '--rows many: give a whole number from 1000'],
  ])('refuse %j', (args, message) => {
    expect(() => read(...args)).toThrow(new BenchUsageError(message));
  });

  it('refuse what they do not know', () => {
    expect(() => read('--fast')).toThrow(BenchUsageError);
  });
});

describe('the help', () => {
  it('names every measurement', () => {
    for (const { name, about } of all) expect(helpText(all)).toMatch(new RegExp(`${name} +${about}`));
  });
});
