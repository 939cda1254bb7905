/** What one device said when its user's activity was fused. */
export interface FusedDevice {
  readonly device: string;
  readonly model: string;
  /** The device's own prediction. */
  readonly activity: string;
  readonly confidence: number;
  readonly window: { readonly start: string; readonly end: string };
  /** Wall clock less the device's clock, milliseconds, as estimated then. */
  readonly clockOffsetMs: number;
}

/**
 * One activity of one user, from all devices that have a window of the same time: a message of the channel `fused`, made
 * by the gateway from the predictions alone.
 */
export interface Fused {
  readonly kind: 'fused';
  readonly user: string;
  /** The most probable one, or `unknown` when no device had an answer. */
  readonly activity: string;
  readonly confidence: number;
  /** Those of the devices that had an answer, each weighed by how often it was right, multiplied and brought to sum 1. */
  readonly probabilities: Readonly<Record<string, number>>;
  readonly state: 'ok' | 'unknown';
  readonly devices: readonly FusedDevice[];
  /** Wall time of the end of the prediction's window, by the estimated offset of its device's clock. ISO 8601. */
  readonly at: string;
  /** The prediction that made this message. */
  readonly prediction: string;
}
