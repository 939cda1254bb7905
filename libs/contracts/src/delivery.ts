/** A record of the topic `deliveries`: how far a receiver of webhooks has come. */
export interface Delivery {
  /** SHA-256 of the receiver's URL, the first 16 hex digits. */
  readonly target: string;
  /** Offset in `announcements` of the next alert that it may get. */
  readonly next: number;
  /**
   * `enrolled`: nothing was sent yet. `given_up`: it was not taken for too long. `refused`: the URL may not be sent to.
   * `disabled`: the receiver wants no more (410).
   */
  readonly outcome: 'enrolled' | 'delivered' | 'given_up' | 'refused' | 'disabled';
}
