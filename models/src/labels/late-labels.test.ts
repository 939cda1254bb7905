import { StateReader, StateWriter } from '@hark/streaming';
import { describe, expect, it } from 'vitest';
import type { LabelRange } from './label-range.js';
import { LateLabels } from './late-labels.js';
import type { WaitingWindow } from './waiting-windows.js';

const window = (startMs: number, change: Partial<WaitingWindow> = {}): WaitingWindow => ({
  ...{ user: 'ann', device: 'phone', startMs, sizeMs: 2000, offset: startMs / 1000, answered: 'sit' },
  ...change,
});
const range = (
  label: number,
  fromMs: number,
  toMs: number,
  change: Partial<LabelRange> = {},
): LabelRange => ({
  ...{ label, user: 'ann', device: null, fromMs, toMs, activity: 'walk' },
  ...change,
});
const starts = (windows: readonly { readonly startMs: number }[]) => windows.map(({ startMs }) => startMs);

function labelsWith(...windows: WaitingWindow[]): LateLabels {
  const labels = new LateLabels(60_000);
  for (const each of windows) labels.waiting.add(each);
  return labels;
}

describe('LateLabels', () => {
  it('gives a label to the windows that wait in its stretch, oldest first, once', () => {
    const labels = labelsWith(window(3000), window(1000), window(2000), window(9000));
    expect(starts(labels.apply(range(0, 2000, 5000)).windows)).toEqual([1000, 2000, 3000]);
    expect(labels.apply(range(1, 2000, 5000)).windows).toEqual([]);
    expect(labels.waiting.size).toBe(1);
  });

  it('lets windows wait as far behind the newest of their device as the horizon, and no longer', () => {
    const labels = labelsWith(window(0), window(1000), window(61_000), window(0, { device: 'watch' }));
    expect(starts(labels.apply(range(0, 0, 90_000)).windows)).toEqual([1000, 61_000, 0]);
    const none = new LateLabels(0);
    none.waiting.add(window(0));
    expect(none.waiting.size).toBe(0);
  });

  it('gives a label to windows that come after it, the newest label where several cover one', () => {
    const labels = labelsWith();
    labels.apply(range(0, 0, 9000));
    labels.apply(range(1, 4000, 9000, { activity: 'bike' }));
    const activityAt = (startMs: number) =>
      labels.labelOf({ user: 'ann', device: 'phone' }, startMs, 2000)?.activity ?? null;
    expect([0, 4000, 8000].map(activityAt)).toEqual(['walk', 'bike', null]);
    expect(labels.labelOf({ user: 'bob', device: 'phone' }, 0, 2000)).toBe(null);
  });

  it('takes back what an earlier label had said of the same windows', () => {
    const labels = labelsWith();
    labels.apply(range(0, 0, 9000));
    labels.keep(0, { ...window(1000), learned: { replacements: 2, count: 10, weight: 1.5 } });
    labels.keep(0, { ...window(5000), learned: { replacements: 2, count: 11, weight: 1.5 } });
    const { windows, corrected } = labels.apply(range(1, 4000, 9000, { activity: 'bike' }));
    expect(starts(windows)).toEqual([5000]);
    expect(corrected).toEqual([
      { window: { ...window(5000), learned: { replacements: 2, count: 11, weight: 1.5 } }, activity: 'walk' },
    ]);
    expect(starts(labels.undo(0)!.windows)).toEqual([1000]);
  });

  it('lets the windows of a label that was undone wait again, and says which had been learned', () => {
    const labels = labelsWith(window(1000));
    labels.apply(range(4, 0, 9000));
    labels.keep(4, { ...window(1000), learned: { replacements: 2, count: 10, weight: 1.5 } });
    expect(labels.undo(4)?.windows).toEqual([
      { ...window(1000), learned: { replacements: 2, count: 10, weight: 1.5 } },
    ]);
    expect(labels.undo(4)).toBe(null);
    expect(labels.labelOf({ user: 'ann', device: 'phone' }, 1000, 2000)).toBe(null);
    expect(starts(labels.apply(range(5, 0, 9000)).windows)).toEqual([1000]);
  });

  it('goes on alike after being written and read', () => {
    const labels = labelsWith(window(1000), window(2000, { device: 'watch', answered: 'bike' }));
    labels.apply(range(0, 5000, 9000, { device: 'watch' }));
    labels.keep(0, { ...window(6000, { device: 'watch' }), learned: null });
    labels.keep(0, {
      ...window(7000, { device: 'watch' }),
      learned: { replacements: 2, count: 3, weight: 1.5 },
    });
    const state = new StateWriter('test', 1);
    labels.write(state);
    const bytes = state.finish();
    const restored = new LateLabels(60_000);
    restored.read(new StateReader(bytes, 'test', 1));
    const again = new StateWriter('test', 1);
    restored.write(again);
    expect(again.finish()).toEqual(bytes);
    expect(restored.apply(range(1, 0, 99_000))).toEqual(labels.apply(range(1, 0, 99_000)));
    expect(restored.undo(1)).toEqual(labels.undo(1));
  });
});
