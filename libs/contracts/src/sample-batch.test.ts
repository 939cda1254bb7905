import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SampleBatchBuilder, type SampleBatch } from './sample-batch.js';

function madeUp(rows: number): SampleBatch {
  const builder = new SampleBatchBuilder(4);
  for (let i = 0; i < rows; i++) {
    const stream = builder.streamOf('a', `d${i % 3}`, 'm', i % 2 === 0 ? 'accelerometer' : 'gyroscope');
    const label = builder.labelOf(i % 5 === 0 ? null : ['walk', 'sit'][i % 2]);
    builder.push(stream, i * 1000, i, i + 0.5, i, -i, i / 7, label);
  }
  return builder.take();
}

describe('SampleBatchBuilder.pushRows', () => {
  it('does what pushing the rows one by one does, for few and for many', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), fc.nat(3), (a, b, before) => {
        const batch = madeUp(200);
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const builders = [new SampleBatchBuilder(1), new SampleBatchBuilder(1)];
        for (const builder of builders) for (let i = 0; i < before; i++) builder.pushRow(batch, i);
        const [together, single] = builders;
        const streams = Int32Array.from(batch.streams, ({ user, device, model, sensor }) => {
          single.streamOf(user, device, model, sensor);
          return together.streamOf(user, device, model, sensor);
        });
        for (const label of batch.labels) single.labelOf(label);
        const labels = Int32Array.from([null, ...batch.labels], (label) => together.labelOf(label));
        together.pushRows(batch, from, to, streams, labels);
        for (let i = from; i < to; i++) single.pushRow(batch, i);
        expect(together.take()).toEqual(single.take());
      }),
    );
  });
});
