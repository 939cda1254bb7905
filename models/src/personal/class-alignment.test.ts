import { describe, expect, it } from 'vitest';
import { ClassAlignment } from './class-alignment.js';

describe('the alignment of classes', () => {
  it('keeps the numbers when a model knows its classes in another order', () => {
    const alignment = new ClassAlignment();
    alignment.add(['walk', 'sit', 'bike']);
    const after = ['bike', 'walk'];
    const given = Float64Array.of(0.9, 0.1);
    expect([...alignment.align(after, given)]).toEqual([0.1, 0, 0.9]);
    expect([...alignment.restore(after, given, Float64Array.of(0.3, 0.5, 0.2))]).toEqual([0.4, 0.6]);
  });

  it('leaves the share of a class that has no number', () => {
    const alignment = new ClassAlignment();
    alignment.add(['walk']);
    const classes = ['walk', 'swim'];
    const given = Float64Array.of(0.75, 0.25);
    expect([...alignment.align(classes, given)]).toEqual([0.75]);
    expect([...alignment.restore(classes, given, Float64Array.of(0.75))]).toEqual([0.75, 0.25]);
  });

  it('sees a class that a model has learned since', () => {
    const alignment = new ClassAlignment();
    const classes = ['walk'];
    alignment.add(classes);
    alignment.align(classes, Float64Array.of(1));
    classes.push('sit');
    alignment.add(classes);
    expect([...alignment.align(classes, Float64Array.of(0.5, 0.5))]).toEqual([0.5, 0.5]);
  });

  it('takes no 33rd class', () => {
    const alignment = new ClassAlignment();
    alignment.add(Array.from({ length: 33 }, (_, i) => `c${i}`));
    expect([alignment.find('c31'), alignment.find('c32')]).toEqual([31, -1]);
  });
});
