import { SampleBatchBuilder, RecordFormatError } from '@hark/contracts';
import { describe, expect, it } from 'vitest';
import type { Submission } from '../front-door/submission.js';
import { decodePart, encodePart } from './part-message.js';

const builder = new SampleBatchBuilder();
builder.push(builder.streamOf('Zoë', 'd', 'm', 'gyroscope'), 1, 2, 3, 4.5, -5, 6, builder.labelOf('sit'));
const SUBMISSION: Submission = {
  batch: builder.take(),
  rejected: 2,
  kept: [{ row: 1, code: 'non_finite', message: 'x is NaN', text: '{}', device: null }],
  source: 'http',
  receivedMs: 77,
  numbering: { producer: 'p', sequence: 3, end: false, part: true },
};

describe('a part that is handed on', () => {
  it('arrives as it was', () => {
    const { batch, ...about } = decodePart(encodePart(SUBMISSION));
    const { batch: sent, ...expected } = SUBMISSION;
    expect(about).toEqual(expected);
    expect(batch.rows).toBe(1);
    expect(batch.streams).toEqual(sent.streams);
    expect([batch.creationMs[0], batch.creationSubNs[0], batch.arrivalMs[0]]).toEqual([1, 2, 3]);
    expect([batch.x[0], batch.y[0], batch.z[0], batch.labels[batch.label[0] - 1]]).toEqual([
      4.5,
      -5,
      6,
      'sit',
    ]);
  });

  it.each([0, 3, 4, 20])('is refused where it is cut off after %i bytes', (bytes) => {
    expect(() => decodePart(encodePart(SUBMISSION).subarray(0, bytes))).toThrow(RecordFormatError);
  });
});
