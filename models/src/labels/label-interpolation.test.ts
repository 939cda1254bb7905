import { describe, expect, it } from 'vitest';
import { StateFormatError, StateReader, StateWriter } from '@hark/streaming';
import { LabelInterpolation, type LabelInterpolationOptions } from './label-interpolation.js';

const SIZE = 2560;
const HOP = 1280;

/**
 * Takes windows of one device, a hop apart: a letter is a label, `.` none, a blank a window that is missing.
 * @returns what was inferred at each window, e.g. `3w` = window 3 is w.
 */
function run(windows: string, options: LabelInterpolationOptions = {}, restart = false): string[] {
  let labels = new LabelInterpolation(options);
  return [...windows].map((window, i) => {
    if (window === ' ') return '';
    const label = window === '.' ? null : window;
    const said = labels
      .take('ann/phone', i * HOP, SIZE, Float64Array.of(i), label)
      .map((inferred) => `${inferred.features[0]}${inferred.label}`)
      .join(' ');
    if (restart) labels = restored(labels, options);
    return said;
  });
}

function restored(labels: LabelInterpolation, options: LabelInterpolationOptions): LabelInterpolation {
  const state = new StateWriter('t', 1);
  labels.write(state);
  const copy = new LabelInterpolation(options);
  const reader = new StateReader(state.finish(), 't', 1);
  copy.read(reader);
  reader.finish();
  return copy;
}

describe('LabelInterpolation', () => {
  it('passes a lone label on to three windows before and after it, once the window after it has come', () => {
    expect(run('.....w.....')).toEqual(['', '', '', '', '', '', '2w 3w 4w 6w', '7w', '8w', '', '']);
  });

  it('never passes on labels that stand side by side', () => {
    expect(run('...ww.....www...')).toEqual(Array(16).fill(''));
  });

  it('begins to pass on when labels become sparse', () => {
    expect(run('ww....s..')).toEqual(['', '', '', '', '', '', '', '3s 4s 5s 7s', '8s']);
  });

  it('gives a window to the label before it, and only once', () => {
    expect(run('w...s.', { reach: 4 })).toEqual(['', '1w', '2w', '3w', '', '5s']);
    expect(run('w....s.', { reach: 2 })).toEqual(['', '1w', '2w', '', '', '', '3s 4s 6s']);
  });

  it('does not reach over a gap', () => {
    expect(run('..  .w..')).toEqual(['', '', '', '', '', '', '4w 6w', '7w']);
    expect(run('.w  ...')).toEqual(['', '', '', '', '', '', '']);
  });

  it('takes windows that touch as neighbours', () => {
    const labels = new LabelInterpolation();
    labels.take('a', 0, SIZE, Float64Array.of(0), null);
    labels.take('a', SIZE, SIZE, Float64Array.of(1), 'w');
    expect(labels.take('a', 2 * SIZE, SIZE, Float64Array.of(2), null)).toHaveLength(2);
  });

  it('says how much such a label counts', () => {
    const labels = new LabelInterpolation({ trust: 0.25 });
    labels.take('a', 0, SIZE, Float64Array.of(0), 'w');
    const said = labels.take('a', HOP, SIZE, Float64Array.of(1), null);
    expect(said).toEqual([{ features: Float64Array.of(1), label: 'w', trust: 0.25 }]);
  });

  it('passes nothing on with a reach of 0', () => {
    expect(run('..w...', { reach: 0 })).toEqual(Array(6).fill(''));
  });

  it('keeps devices apart', () => {
    const labels = new LabelInterpolation();
    labels.take('a', 0, SIZE, Float64Array.of(0), 'w');
    expect(labels.take('b', HOP, SIZE, Float64Array.of(1), null)).toEqual([]);
    expect(labels.take('a', HOP, SIZE, Float64Array.of(1), null)).toHaveLength(1);
  });

  it('forgets the device not heard of for longest when there are too many', () => {
    const labels = new LabelInterpolation({ devices: 2 });
    for (const key of ['a', 'b']) labels.take(key, 0, SIZE, Float64Array.of(0), 'w');
    expect(labels.take('a', HOP, SIZE, Float64Array.of(1), null)).toHaveLength(1);
    labels.take('c', 0, SIZE, Float64Array.of(0), null);
    expect(labels.take('b', HOP, SIZE, Float64Array.of(1), null)).toEqual([]);
  });

  it('goes on the same after a restore at any window', () => {
    const windows = '..w....ww...s. ..w.w..ss..l....l..';
    expect(run(windows, {}, true)).toEqual(run(windows));
  });

  it('refuses a state in which more windows wait than can be reached', () => {
    const state = new StateWriter('t', 1);
    const labels = new LabelInterpolation({ reach: 3 });
    for (let i = 0; i < 3; i++) labels.take('a', i * HOP, SIZE, Float64Array.of(i), null);
    labels.write(state);
    const bytes = state.finish();
    expect(() => new LabelInterpolation({ reach: 2 }).read(new StateReader(bytes, 't', 1))).toThrow(
      StateFormatError,
    );
  });
});
