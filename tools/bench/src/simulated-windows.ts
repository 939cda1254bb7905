import { TOPICS, decodeWindowRecord, encodeSamplesRecord, type WindowRecord } from '@hark/contracts';
import { createFeatureExtractor } from '@hark/features';
import { Simulation } from '@hark/simulator';
import { Pipeline, Windower } from '@hark/streaming';

/** Final windows of simulated people, all labelled, and as they stand in the log. */
export function simulatedWindows(
  count: number,
): { readonly window: WindowRecord; readonly bytes: Uint8Array }[] {
  const windows: { window: WindowRecord; bytes: Uint8Array }[] = [];
  const pipeline = new Pipeline({
    stages: [{ processor: new Windower({}, createFeatureExtractor()), inputs: [TOPICS.samples] }],
    onRecord: (topic, { value }) => {
      if (topic !== TOPICS.windows) return;
      const window = decodeWindowRecord(value);
      if (window.final && window.label !== null && window.features.length > 0) {
        windows.push({ window, bytes: value });
      }
    },
  });
  for (const { batch } of new Simulation({ users: 9, devices: 12, seed: 42 })) {
    if (windows.length >= count) break;
    pipeline.push(TOPICS.samples, '', encodeSamplesRecord({ batch, receivedMs: 0 }));
  }
  return windows.slice(0, count);
}
