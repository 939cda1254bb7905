/** One measured figure. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Against a reference that was measured in the same run: carries over to other machines, the value does not. */
  readonly ratio?: number;
  readonly reference?: string;
  /** What it is meant to reach, one of the two; absent where nothing is asked. */
  readonly atLeast?: number;
  readonly atMost?: number;
  /** CPU time of every process that did the work, in seconds. */
  readonly cpuSeconds?: number;
  /** The most memory that they held together, in MB. */
  readonly peakMegabytes?: number;
  /** Of a series: how much work it was, e.g. the number of rows. */
  readonly size?: number;
}

/** Whether a figure reaches what is asked of it; null where nothing is. */
export function reaches({ value, atLeast, atMost }: Figure): boolean | null {
  if (atLeast !== undefined) return value >= atLeast;
  return atMost === undefined ? null : value <= atMost;
}
