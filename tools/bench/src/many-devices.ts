import { SampleBatchBuilder, encodeSamplesRecord } from '@hark/contracts';
import { Windower } from '@hark/streaming';

const ROWS_OF_DELIVERY = 50;
const DELIVERIES_OF_RECORD = 100;
const RATE_HZ = 50;

/** Many devices that take turns, as they come in live: rows a second of the windower, and what it keeps of them. */
export function manyDevices(
  devices: number,
  rows: number,
): { readonly rowsPerSecond: number; readonly stateBytes: number } {
  const none = new Float64Array(0);
  const nothing = (): void => undefined;
  const outputs = { suppressed: false, emit: nothing, artifact: nothing, discard: nothing };
  const windower = new Windower({}, { schema: '', extract: () => none });
  const builder = new SampleBatchBuilder(ROWS_OF_DELIVERY * DELIVERIES_OF_RECORD);
  let offset = 0;
  let milliseconds = 0;
  const process = (): void => {
    const value = encodeSamplesRecord({ batch: builder.take(), receivedMs: 0 });
    const started = performance.now();
    windower.process('samples', 0, { offset: offset++, timestamp: 0, key: '', value }, outputs);
    milliseconds += performance.now() - started;
  };
  // Every device at least far enough that its first windows are final.
  const deliveries = Math.max(Math.ceil(rows / ROWS_OF_DELIVERY), devices * 32);
  for (let delivery = 0; delivery < deliveries; delivery++) {
    const device = delivery % devices;
    const sensor = (Math.floor(delivery / devices) & 1) === 0 ? 'accelerometer' : 'gyroscope';
    const stream = builder.streamOf(`user-${device}`, `device-${device}`, 'bench', sensor);
    const first = Math.floor(delivery / devices / 2) * ROWS_OF_DELIVERY;
    for (let i = 0; i < ROWS_OF_DELIVERY; i++) {
      const ms = 1_700_000_000_000 + Math.floor(((first + i) * 1000) / RATE_HZ);
      builder.push(stream, ms, device, ms, 0.1, 9.8, 0.3, 0);
    }
    if (builder.rows === ROWS_OF_DELIVERY * DELIVERIES_OF_RECORD) process();
  }
  if (builder.rows > 0) process();
  return {
    rowsPerSecond: (deliveries * ROWS_OF_DELIVERY) / (milliseconds / 1000),
    stateBytes: windower.snapshot().length,
  };
}
