import { SampleBatchBuilder } from '@hark/contracts';
import { expect, it } from 'vitest';
import { DeviceClocks } from './device-clocks.js';

it('takes the least delay of each device for what its clock lacks', () => {
  const builder = new SampleBatchBuilder();
  const phone = builder.streamOf('ann', 'phone', 'nexus4', 'accelerometer');
  const watch = builder.streamOf('ann', 'watch', 'gear', 'gyroscope');
  const batch = builder.take();
  const rows = { ...batch, rows: 4, stream: Uint16Array.of(phone, watch, phone, watch) };
  const clocks = new DeviceClocks();
  clocks.add({
    ...rows,
    creationMs: Float64Array.of(1000, 50, 1020, 60),
    arrivalMs: Float64Array.of(1009, 9000, 1022, 1070),
  });
  expect(clocks.offsetMs({ user: 'ann', device: 'phone' })).toBe(2);
  expect(clocks.offsetMs({ user: 'ann', device: 'watch' })).toBe(1010);
  expect(clocks.offsetMs({ user: 'bob', device: 'watch' })).toBe(0);
});
