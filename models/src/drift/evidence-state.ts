import type { StateReader, StateWriter } from '@hark/streaming';
import type { DriftEvidence } from './drift-detector.js';

export function writeEvidence(state: StateWriter, evidence: DriftEvidence | null): void {
  state.bool(evidence !== null);
  if (evidence === null) return;
  const { statistic, threshold, before, after, since } = evidence;
  state.f64(statistic).f64(threshold).f64(before).f64(after).f64(since);
}

/** @throws StateFormatError */
export function readEvidence(state: StateReader): DriftEvidence | null {
  if (!state.bool()) return null;
  const [statistic, threshold, before, after, since] = Array.from({ length: 5 }, () => state.f64());
  return { statistic, threshold, before, after, since };
}
