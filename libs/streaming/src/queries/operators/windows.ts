/** Windows of one length that start every `slideMs`, at multiples of it since 1970 plus an offset. Milliseconds. */
export interface SlidingWindows {
  readonly sizeMs: number;
  readonly slideMs: number;
  readonly offsetMs: number;
}

/** Start of the last window that begins at or before an instant. */
export function lastStart(windows: SlidingWindows, ms: number): number {
  const { slideMs, offsetMs } = windows;
  return Math.floor((ms - offsetMs) / slideMs) * slideMs + offsetMs;
}

/** Starts of the windows that hold the instants from `start` to `start + slideMs`, the last window first. */
export function startsFrom(windows: SlidingWindows, start: number): number[] {
  const starts: number[] = [];
  for (let back = 0; back < windows.sizeMs; back += windows.slideMs) starts.push(start - back);
  return starts;
}

/** Start of the first window of which the end is after an instant: windows before it hold nothing later. */
export function firstStart(windows: SlidingWindows, ms: number): number {
  const { sizeMs, slideMs, offsetMs } = windows;
  return (Math.floor((ms - offsetMs - sizeMs) / slideMs) + 1) * slideMs + offsetMs;
}
