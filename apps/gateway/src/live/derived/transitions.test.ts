import type { Prediction, Transition } from '@hark/contracts';
import { expect, it } from 'vitest';
import { storedPrediction } from '../../testing/stored-predictions.js';
import { timed, type TimedPrediction } from './derivation.js';
import { Transitions, type TransitionOptions } from './transitions.js';

const OPTIONS: TransitionOptions = {
  mode: 'append',
  minConfidence: 0.6,
  leaveConfidence: 0.4,
  dwellMs: 3000,
};

type Said = [walk: number, sit: number] | 'nothing';

/** Feeds windows, one hop apart unless said otherwise; gives `from→to @at–decidedAt`, event time in ms. */
function changes(windows: readonly Said[], options = OPTIONS, startMs = (i: number) => i * 1280): string[] {
  const transitions = new Transitions(options);
  const seen: string[] = [];
  windows.forEach((said, i) => {
    const probabilities: Record<string, number> = said === 'nothing' ? {} : { walk: said[0], sit: said[1] };
    const message = transitions.take(i, prediction({ startMs: startMs(i), probabilities }));
    if (message === null) return;
    const { from, to, at, decidedAt } = JSON.parse(message().payload) as Transition;
    seen.push(`${from}→${to} @${Date.parse(at)}–${Date.parse(decidedAt)}`);
  });
  return seen;
}

function prediction(fields: Parameters<typeof storedPrediction>[0]): TimedPrediction {
  return timed(JSON.parse(new TextDecoder().decode(storedPrediction(fields).value)) as Prediction);
}

it('enters an activity when it has been probable for long enough, as of its first window', () => {
  expect(changes([[0.9, 0.1]])).toEqual([]);
  expect(
    changes([
      [0.9, 0.1],
      [0.7, 0.3],
    ]),
  ).toEqual(['null→walk @0–3840']);
});

it('passes from one activity to the next in one message', () => {
  const walk: Said = [0.9, 0.1];
  const sit: Said = [0.2, 0.8];
  expect(changes([walk, walk, sit, walk, sit, sit])).toEqual(['null→walk @0–3840', 'walk→sit @5120–8960']);
});

it('stays in an activity while it is between the thresholds, and leaves it below the lower one', () => {
  const walk: Said = [0.9, 0.1];
  const unsure: Said = [0.45, 0.55];
  const neither: Said = [0.1, 0.2];
  expect(changes([walk, walk, unsure, unsure, unsure])).toEqual(['null→walk @0–3840']);
  expect(changes([walk, walk, neither, neither])).toEqual(['null→walk @0–3840', 'walk→null @2560–6400']);
  expect(changes([walk, walk, 'nothing', 'nothing'])).toEqual(['null→walk @0–3840', 'walk→null @2560–6400']);
});

it('does not join windows over a gap of more than 10 s', () => {
  const walk: Said = [0.9, 0.1];
  expect(changes([walk, walk], OPTIONS, (i) => i * 12_560)).toEqual(['null→walk @0–15120']);
  expect(changes([walk, walk], OPTIONS, (i) => i * 12_561)).toEqual([]);
});

it('says how sure it is: the mean over the windows that decided', () => {
  const transitions = new Transitions(OPTIONS);
  transitions.take(0, prediction({ startMs: 0, probabilities: { walk: 0.75 } }));
  const entered = transitions.take(1, prediction({ startMs: 1280, probabilities: { walk: 1 } }));
  expect(JSON.parse(entered?.().payload ?? '')).toMatchObject({
    kind: 'transition',
    user: 'a',
    device: 'gear_1',
    confidence: 0.875,
    prediction: 'a/gear_1/1280000000',
  });
  transitions.take(2, prediction({ startMs: 2560, probabilities: { walk: 0.25 } }));
  const left = transitions.take(3, prediction({ startMs: 3840, probabilities: { walk: 0 } }));
  expect(JSON.parse(left?.().payload ?? '')).toMatchObject({ from: 'walk', to: null, confidence: 0.875 });
});

it('takes final windows in append mode, the first emission of each in update mode, and none that is behind', () => {
  const at = (options: TransitionOptions, ...windows: [number, boolean][]) => {
    const transitions = new Transitions(options);
    return windows.map(
      ([startMs, final]) =>
        transitions.take(0, prediction({ startMs, final, probabilities: { walk: 1 } })) !== null,
    );
  };
  const early: [number, boolean][] = [
    [0, false],
    [1280, false],
    [0, true],
    [1280, true],
  ];
  expect(at(OPTIONS, ...early)).toEqual([false, false, false, true]);
  expect(at({ ...OPTIONS, mode: 'update' }, ...early)).toEqual([false, true, false, false]);
  expect(at(OPTIONS, [5000, true], [0, true], [1280, true])).toEqual([false, false, false]);
});
