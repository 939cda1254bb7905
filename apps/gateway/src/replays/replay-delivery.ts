import { formatNanoseconds, toIsoTime, type Prediction } from '@hark/contracts';
import type { ChannelEntry } from '../live/channel.js';

/** A prediction of a replay as its channel carries it, its window moved by `shiftMs`. */
export function deliveredPrediction(
  prediction: Prediction,
  replay: string,
  shiftMs: number,
): Omit<ChannelEntry, 'offset'> {
  const { user, device, final } = prediction;
  const delivered = { ...shifted(prediction, shiftMs), latencyMs: 0, source: `replay:${replay}` };
  return { users: [user], devices: [device], final, payload: JSON.stringify(delivered) };
}

function shifted(prediction: Prediction, shiftMs: number): Prediction {
  if (shiftMs === 0) return prediction;
  const { start, end } = prediction.window;
  const startMs = Date.parse(start) + shiftMs;
  const window = {
    start: toIsoTime(startMs),
    end: toIsoTime(Date.parse(end) + shiftMs),
    startNs: formatNanoseconds(startMs, 0),
  };
  return { ...prediction, window };
}
