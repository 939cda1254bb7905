/** How streams become windows. Event time throughout, in whole milliseconds. */
export interface WindowOptions {
  /** Length of a window. */
  readonly sizeMs: number;
  /** Distance between the starts of two windows, which lie at multiples of it. */
  readonly hopMs: number;
  /** Allowed lateness: the watermark follows the newest event time at this distance. */
  readonly latenessMs: number;
  /** A sensor counts towards its device's watermark until the other is this far ahead of it. */
  readonly sensorLagMs: number;
  /** A sample that leaps further than this ahead of its device's pace is held until others confirm the leap. */
  readonly aheadMs: number;
  /**
   * `device`: each (user, device) has a watermark of its own, so that clocks that disagree never make each other's
   * data late. `input`: one watermark over everything, as Structured Streaming has, without confirmation of leaps.
   */
  readonly watermark: 'device' | 'input';
}

export const DEFAULT_WINDOW_OPTIONS: WindowOptions = {
  sizeMs: 2560,
  hopMs: 1280,
  latenessMs: 10_000,
  sensorLagMs: 15_000,
  aheadMs: 60_000,
  watermark: 'device',
};

/** @throws RangeError naming the option and both values where two contradict each other. */
export function checkWindowOptions(options: WindowOptions): void {
  for (const name of ['sizeMs', 'hopMs', 'latenessMs', 'sensorLagMs', 'aheadMs'] as const) {
    const value = options[name];
    const least = name === 'sizeMs' || name === 'hopMs' ? 1 : 0;
    if (!Number.isSafeInteger(value) || value < least) {
      throw new RangeError(`invalid ${name}: ${value}, expected whole milliseconds from ${least}`);
    }
  }
  if (options.hopMs > options.sizeMs) {
    throw new RangeError(
      `invalid hopMs: ${options.hopMs} exceeds sizeMs ${options.sizeMs}, samples between windows would be lost`,
    );
  }
}

/** Start of the earliest window that holds an instant. Windows that would start before 0 do not exist. */
export function firstWindowStart(ms: number, options: WindowOptions): number {
  return Math.max(0, (Math.floor((ms - options.sizeMs) / options.hopMs) + 1) * options.hopMs);
}

/** Start of the latest window that holds an instant. */
export function lastWindowStart(ms: number, options: WindowOptions): number {
  return Math.floor(ms / options.hopMs) * options.hopMs;
}
