import { SampleBatchBuilder, type SampleBatch } from '../sample-batch.js';

/** A batch of a phone and a watch, with labels, the least and the largest time, and values of every kind. */
export function twoStreams(): SampleBatch {
  const builder = new SampleBatchBuilder(1);
  const phone = builder.streamOf('a', 'nexus4_1', 'nexus4', 'accelerometer');
  const watch = builder.streamOf('ä', 'gear_1', 'gear', 'gyroscope');
  builder.push(phone, 1_424_686_733_090, 638_193, 1_424_686_735_000, -5.958191, 0.6880646, 8.135345, 0);
  builder.push(watch, 27_920_678, 471_000, 1_424_686_735_001, 1e-7, -0, 3, builder.labelOf('walk'));
  builder.push(phone, 9_223_372_036_854, 775_807, 0.5, 0, 0, 0, builder.labelOf('sit'));
  return builder.take();
}
