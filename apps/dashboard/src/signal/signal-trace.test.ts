import { expect, it } from 'vitest';
import { SignalTrace } from './signal-trace.js';

it('keeps the newest values, leaves out late ones, and breaks the line where the device was silent', () => {
  const trace = new SignalTrace(4);
  trace.add({ startMs: 10_000, offsetsMs: [0, 40, 80], magnitude: [9, 10, 11] });
  trace.add({ startMs: 10_040, offsetsMs: [0], magnitude: [99] });
  trace.add({ startMs: 12_000, offsetsMs: [0, 40], magnitude: [12, 13] });
  expect(trace.size).toBe(4);
  expect(trace.newestMs).toBe(12_040);
  const { seconds, values } = trace.between(10_000, 12_040);
  expect(values).toEqual([10, 11, null, 12, 13]);
  expect(seconds).toEqual([-2, -1.96, -1.959, -0.04, 0]);
  trace.clear();
  expect(trace.size).toBe(0);
  expect(trace.newestMs).toBeNaN();
});
