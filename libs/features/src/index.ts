export { MotionFeatures } from './motion-features.js';
export { WindowLengthError } from './window-length-error.js';
export type { FeatureExtractor, SensorSamples, WindowSamples } from './window-samples.js';

import { MotionFeatures } from './motion-features.js';
import type { FeatureExtractor } from './window-samples.js';

/** The extractor that the service uses. @param seconds length of the windows, 1 to 60. */
export function createFeatureExtractor(seconds = 2.56): FeatureExtractor {
  return new MotionFeatures(seconds);
}
