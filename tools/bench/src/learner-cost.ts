import { createHash } from 'node:crypto';
import { TOPICS } from '@hark/contracts';
import { createFeatureExtractor } from '@hark/features';
import { DEFAULT_CLASSIFIER, Learner, classifierByName } from '@hark/models';
import type { Figure } from './figure.js';
import { simulatedWindows } from './simulated-windows.js';

const WINDOWS = 3000;
const REFERENCE = 'softmax';

type Windows = ReturnType<typeof simulatedWindows>;

/**
 * What a window costs: the default classifier's prediction, prediction and learning, and all that the learner does
 * (decode, answer, write out, score, watch for drift, adapt to the user, learn); and what is kept. The best of so many rounds.
 */
export function learnerCost(rounds: number): Figure[] {
  const windows = simulatedWindows(WINDOWS);
  const [own, reference] = [DEFAULT_CLASSIFIER, REFERENCE].map((name) =>
    classifierCost(name, windows, rounds),
  );
  const whole = wholeLearner(windows, rounds);
  const user = windows[0].window.user;
  const ofOne = wholeLearner(
    windows.filter(({ window }) => window.user === user),
    rounds,
  );
  const users = new Set(windows.map(({ window }) => window.user)).size;
  const against = (value: number, of: number) => ({ value, ratio: value / of, reference: REFERENCE });
  const { name, dimensions, classes } = own;
  return [
    {
      name: `${name}: predict, ${dimensions} features, ${classes} classes`,
      unit: 'µs',
      atMost: 20,
      ...against(own.predict, reference.predict),
    },
    { name: `${name}: predict and learn`, unit: 'µs', atMost: 150, ...against(own.both, reference.both) },
    {
      name: 'all that the learner does to a window',
      unit: 'µs',
      ...against(whole.microseconds, reference.both),
    },
    { name: `${name}: state`, unit: 'KiB', ...against(own.stateKiB, reference.stateKiB) },
    { name: 'state of the learner', unit: 'KiB', value: whole.stateKiB },
    {
      name: 'of it, for each further user',
      unit: 'KiB',
      value: (whole.stateKiB - ofOne.stateKiB) / (users - 1),
    },
  ];
}

function classifierCost(name: string, windows: Windows, rounds: number) {
  const dimensions = windows[0].window.features.length;
  const factory = classifierByName(name);
  let both = Infinity;
  let predict = Infinity;
  let classifier = factory.create({ dimensions, seed: 1 });
  for (let round = 0; round < rounds; round++) {
    classifier = factory.create({ dimensions, seed: 1 });
    both = Math.min(
      both,
      microsecondsPerWindow(windows, ({ window: { features, label } }) => {
        classifier.predict(features);
        classifier.learn(features, label as string);
      }),
    );
    predict = Math.min(
      predict,
      microsecondsPerWindow(windows, ({ window: { features } }) => classifier.predict(features)),
    );
  }
  const { classes } = classifier;
  const stateKiB = classifier.snapshot().length / 1024;
  return { name, dimensions, classes: classes.length, both, predict, stateKiB };
}

function wholeLearner(
  windows: Windows,
  rounds: number,
): { readonly microseconds: number; readonly stateKiB: number } {
  const { schema: featureSchema, names: featureNames } = createFeatureExtractor();
  const nothing = () => undefined;
  const outputs = { suppressed: false, emit: nothing, artifact: nothing, discard: nothing };
  let microseconds = Infinity;
  let stateKiB = 0;
  for (let round = 0; round < rounds; round++) {
    const learner = new Learner(
      { classifier: classifierByName(DEFAULT_CLASSIFIER), featureSchema, featureNames },
      {
        artifacts: { read: () => null },
        digest: (bytes) => createHash('sha256').update(bytes).digest('hex'),
      },
    );
    let offset = 0;
    const taken = microsecondsPerWindow(windows, ({ bytes: value }) => {
      learner.process(TOPICS.windows, 0, { offset: offset++, timestamp: 0, key: '', value }, outputs);
    });
    microseconds = Math.min(microseconds, taken);
    stateKiB = learner.snapshot().length / 1024;
  }
  return { microseconds, stateKiB };
}

/** Of processor time: other work on the machine counts for less in it than in time by the clock. */
function microsecondsPerWindow(windows: Windows, work: (window: Windows[number]) => unknown): number {
  const started = process.cpuUsage();
  for (const window of windows) work(window);
  const { user, system } = process.cpuUsage(started);
  return (user + system) / windows.length;
}
