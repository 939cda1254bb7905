import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { TOPICS, encodeWindowRecord, type Prediction, type WindowRecord } from '@hark/contracts';
import { createFeatureExtractor } from '@hark/features';
import { Evaluation, Learner, classifierByName, type EvaluationReport } from '@hark/models';
import { partitionOf } from '@hark/streaming';
import { MergingLearners } from '../models/src/merged/testing/merging-learners.js';
import { eachWindow } from '../tools/cli/src/evaluate/window-source.js';
import { Recording } from '../tools/cli/src/recording/recording.js';

/** Other people's recordings; never part of the project. */
const RECORDING = fileURLToPath(new URL('../../shared/data/hapt-4users/', import.meta.url));
const ABSENT = existsSync(RECORDING) ? null : '../shared/data is not there';

const features = createFeatureExtractor();
const OPTIONS = {
  classifier: classifierByName('ridge'),
  featureSchema: features.schema,
  featureNames: features.names,
};

/** The windows of four people, with names that spread them evenly over four partitions, and so over two. */
async function recordedWindows(): Promise<WindowRecord[]> {
  const files = readdirSync(RECORDING).filter((file) => file.endsWith('.csv.gz'));
  const paths = files.map((file) => join(RECORDING, file));
  const recording = await Recording.open(paths, { sensor: undefined, columns: undefined }, () => undefined);
  const windows: WindowRecord[] = [];
  const names = new Map<string, string>();
  const nameOf = (user: string) => {
    for (let i = 0; !names.has(user); i++)
      if (partitionOf(`${user}-${i}`, 4) === names.size % 4) names.set(user, `${user}-${i}`);
    return names.get(user)!;
  };
  await eachWindow(recording, {}, ({ window }) => windows.push({ ...window, user: nameOf(window.user) }));
  return windows;
}

function scored(predictions: Iterable<Prediction>): EvaluationReport {
  const evaluation = new Evaluation();
  for (const prediction of predictions) evaluation.add(prediction);
  return evaluation.report();
}

function ofOne(windows: readonly WindowRecord[]): EvaluationReport {
  const learner = new Learner(OPTIONS, { artifacts: { read: () => null }, digest: () => '0'.repeat(64) });
  const predictions: Prediction[] = [];
  const nothing = () => undefined;
  const emit = (topic: string, _key: string, value: Uint8Array) => {
    if (topic === TOPICS.predictions)
      predictions.push(JSON.parse(Buffer.from(value).toString()) as Prediction);
  };
  windows.forEach((window, offset) => {
    const record = { key: '', value: encodeWindowRecord(window), offset, timestamp: 0 };
    learner.process(TOPICS.windows, 0, record, {
      suppressed: false,
      emit,
      artifact: nothing,
      discard: nothing,
    });
  });
  return scored(predictions);
}

/** @param every windows after which the merger hears of the learners, and they of it. */
function ofSeveral(windows: readonly WindowRecord[], partitions: number, every: number): EvaluationReport {
  const learners = new MergingLearners(partitions, OPTIONS);
  windows.forEach((window, i) => {
    learners.window(window);
    learners.step(learners.workers[partitionOf(window.user, partitions)], 2);
    if ((i + 1) % every === 0) learners.settle();
  });
  return scored(Array.from({ length: partitions }, (_, p) => learners.predictions(p)).flat());
}

describe.skipIf(ABSENT !== null)(`learners that share a model, on a recording (${ABSENT ?? 'there'})`, () => {
  let windows: readonly WindowRecord[];
  let one: EvaluationReport;
  beforeAll(async () => {
    windows = await recordedWindows();
    one = ofOne(windows);
  }, 120_000);

  it.each([
    { partitions: 2, every: 1 },
    { partitions: 2, every: 200 },
    { partitions: 4, every: 20 },
  ])(
    'are right as often as one, within half a point: $partitions that hear of each other after $every windows',
    ({ partitions, every }) => {
      const several = ofSeveral(windows, partitions, every);
      expect(several.labelled).toBe(one.labelled);
      expect(one.accuracy).toBeGreaterThan(0.95);
      expect(several.accuracy).toBeGreaterThan(one.accuracy - 0.005);
    },
    120_000,
  );
});
