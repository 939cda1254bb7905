import { describe, expect, it } from 'vitest';
import { SampleBatchBuilder } from '@hark/contracts';
import { NUMBER_REACH, NumberScanner } from './number-scanner.js';
import { RowTemplate, Slot } from './row-template.js';

const UTF8 = new TextEncoder();
const FIRST = '7,1000000,0.5,a,d\n';

/** A template that knows the first row's form: Index, Creation_Time, x and two names. */
function described(rest: string) {
  const bytes = UTF8.encode(FIRST + rest + ' '.repeat(4 * NUMBER_REACH));
  const numbers = new NumberScanner();
  numbers.begin(bytes);
  const template = new RowTemplate();
  template.read(bytes);
  template.begin(0);
  template.slot(Slot.Digits, 0, 1);
  template.slot(Slot.Time, 2, 9);
  template.slot(Slot.X, 10, 13);
  template.end(FIRST.length, 3, 2);
  const builder = new SampleBatchBuilder(1);
  const take = () => template.takeRows(FIRST.length, numbers, builder, 77) - FIRST.length;
  return { template, builder, take };
}

describe('a row template', () => {
  it('takes the rows that differ from the last in their numbers alone', () => {
    const rows = '8,2000001,-1.25,a,d\n123456,3000000,9,a,d\n';
    const { template, builder, take } = described(rows);
    expect(take()).toBe(rows.length);
    expect(template.taken).toBe(2);
    const batch = builder.take();
    expect([...batch.creationMs]).toEqual([2, 3]);
    expect([...batch.creationSubNs]).toEqual([1, 0]);
    expect([...batch.x]).toEqual([-1.25, 9]);
    expect([...batch.arrivalMs]).toEqual([77, 77]);
    expect([...batch.stream]).toEqual([3, 3]);
    expect([...batch.label]).toEqual([2, 2]);
  });

  it.each([
    ['another device', '9,2,1,a,e\n'],
    ['a longer name', '9,2,1,a,dd\n'],
    ['a number that is not plain', '9,2,.5,a,d\n'],
    ['no index', ',2,1,a,d\n'],
    ['more digits than an index has', `${'1'.repeat(21)},2,1,a,d\n`],
    ['a space', '9,2, 1,a,d\n'],
    ['another end of line', '9,2,1,a,d\r\n'],
  ])('leaves a row with %s, and what follows', (_, row) => {
    const good = '8,2,1,a,d\n';
    const { template, take } = described(good + row + good);
    expect(take()).toBe(good.length);
    expect(template.taken).toBe(1);
  });

  it('takes nothing while a row is being described, nor of other bytes', () => {
    const { template, take } = described('8,2,1,a,d\n');
    template.begin(0);
    expect(take()).toBe(0);
    const again = described('8,2,1,a,d\n');
    again.template.read(UTF8.encode(FIRST));
    expect(again.take()).toBe(0);
  });

  it('takes nothing of a form with more numbers than it has slots', () => {
    const { template, take } = described('8,2,1,a,d\n');
    template.begin(0);
    for (let i = 0; i < 17; i++) template.slot(Slot.Number, 0, 0);
    template.end(1, 0, 0);
    expect(take()).toBe(0);
  });
});
