/** Windows of one length that start every `slideMs`, at multiples of it since 1970 plus an offset. Milliseconds. */
export interface SlidingWindows {
  readonly sizeMs: number;
  readonly slideMs: number;
  readonly offsetMs: number;
}

/** Instants, from `fromMs` to before `toMs`, that the same windows hold. */
export interface WindowSpan {
  readonly fromMs: number;
  readonly toMs: number;
  /** Starts of these windows, the last window first. */
  readonly starts: readonly number[];
}

/** The longest span that an instant lies in. */
export function spanAt({ sizeMs, slideMs, offsetMs }: SlidingWindows, ms: number): WindowSpan {
  const last = Math.floor((ms - offsetMs) / slideMs) * slideMs + offsetMs;
  const starts: number[] = [];
  for (let start = last; start + sizeMs > ms; start -= slideMs) starts.push(start);
  // Where the size is no multiple of the slide, a window ends between two starts.
  const endMs = last + (sizeMs % slideMs);
  return ms < endMs ? { fromMs: last, toMs: endMs, starts } : { fromMs: endMs, toMs: last + slideMs, starts };
}

/** Start of the first window of which the end is after an instant: windows before it hold nothing later. */
export function firstStart(windows: SlidingWindows, ms: number): number {
  const { sizeMs, slideMs, offsetMs } = windows;
  return (Math.floor((ms - offsetMs - sizeMs) / slideMs) + 1) * slideMs + offsetMs;
}
