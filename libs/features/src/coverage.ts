import type { SensorSamples } from './window-samples.js';

/** Samples a second below which a window says too little: 16 in 2.56 s, three for each step of a fast walk. */
export const MIN_RATE_HZ = 6.25;

/** Between samples further apart than this (seconds) the signal counts as unknown. */
export const MAX_GAP_SECONDS = 0.2;

/** Part of the window that must be known. */
export const MIN_COVERAGE = 0.5;

/** Seconds of the window that its samples speak for: the distances between neighbours, each at most a gap. */
export function coveredSeconds(samples: SensorSamples): number {
  return coveredUpTo(samples, Infinity);
}

/** Whether there are samples enough, and over enough of the window, to compute features from. */
export function isCovered(samples: SensorSamples, seconds: number): boolean {
  if (samples.length < MIN_RATE_HZ * seconds) return false;
  const enough = MIN_COVERAGE * seconds;
  return coveredUpTo(samples, enough) >= enough;
}

/** The sum only grows: from `enough` on it need not be gone on with. */
function coveredUpTo({ t, length }: SensorSamples, enough: number): number {
  let covered = 0;
  for (let i = 1; i < length && covered < enough; i++) {
    const distance = t[i] - t[i - 1];
    covered += distance < MAX_GAP_SECONDS ? distance : MAX_GAP_SECONDS;
  }
  return covered;
}
