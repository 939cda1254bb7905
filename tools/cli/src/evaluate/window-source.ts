import { decodeWindowRecord, encodeSamplesRecord, TOPICS, type WindowRecord } from '@hark/contracts';
import { createFeatureExtractor } from '@hark/features';
import { Pipeline, Windower, type WindowOptions } from '@hark/streaming';
import { DeviceClocks } from './device-clocks.js';
import { RecordedDevices } from '../recording/recorded-devices.js';
import type { Recording } from '../recording/recording.js';

/** A final window, decoded and as it stands in the log. */
export interface FinalWindow {
  readonly window: WindowRecord;
  readonly bytes: Uint8Array;
  /** Arrival less event time of its device, as estimated so far; 0 where the recording has no arrival. */
  readonly clockOffsetMs: number;
}

/**
 * Cuts a recording into windows by the same steps as the service, and hands on the final ones in the order in which
 * the service emits them.
 */
export async function eachWindow(
  recording: Pick<Recording, 'batches'>,
  options: Partial<WindowOptions>,
  take: (window: FinalWindow) => void,
): Promise<void> {
  const windower = new Windower(options, createFeatureExtractor((options.sizeMs ?? 2560) / 1000));
  const pipeline = new Pipeline({
    stages: [{ processor: windower, inputs: [TOPICS.samples] }],
    onRecord: (topic, { value }) => {
      if (topic !== TOPICS.windows) return;
      const window = decodeWindowRecord(value);
      if (window.final) take({ window, bytes: value, clockOffsetMs: clocks.offsetMs(window) });
    },
  });
  const devices = new RecordedDevices();
  const clocks = new DeviceClocks();
  for await (const batch of recording.batches()) {
    devices.add(batch);
    clocks.add(batch);
    pipeline.push(TOPICS.samples, '', encodeSamplesRecord({ batch, receivedMs: 0 }));
  }
  // The recording has ended: what is open is closed, as after `hark import`.
  pipeline.push(TOPICS.samples, '', encodeSamplesRecord({ tick: devices.list(), receivedMs: 0 }));
}
