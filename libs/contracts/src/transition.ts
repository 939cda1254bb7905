import type { DeviceId } from './identity.js';

/**
 * A device has passed from one activity to another: a message of the channel `transitions`, made by the gateway from
 * the predictions alone. `from` null = nothing was being done before; `to` null = the activity was left and none has
 * been entered.
 */
export interface Transition extends DeviceId {
  readonly kind: 'transition';
  readonly model: string;
  readonly from: string | null;
  readonly to: string | null;
  /** Event time at which the change began: the start of the first window that showed it. ISO 8601. */
  readonly at: string;
  /** Event time at which it had lasted long enough to be believed: the end of the deciding window. ISO 8601. */
  readonly decidedAt: string;
  /** Entering: mean probability of `to` over the windows that decided. Leaving: 1 − that of `from`. */
  readonly confidence: number;
  /** The deciding prediction. */
  readonly prediction: string;
  readonly modelVersion: number;
}
