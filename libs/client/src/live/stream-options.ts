import type { SubscribePayload } from '@hark/contracts';

/** Messages that will not come. */
export interface Gap {
  /** How many; null where nobody knows. */
  readonly dropped: number | null;
  /**
   * `not_kept`: the service keeps them no longer (`progress` and replays, which are not stored). `cursor_expired`: the
   * service keeps them no longer, or its log is another one. `full`: left out here, as `whenFull: 'skip'` says.
   */
  readonly reason: 'not_kept' | 'cursor_expired' | 'full';
}

/** How a stream behaves on this side. */
export interface StreamOptions {
  /** Ends the stream; the loop over it is left as after its last message. */
  readonly signal?: AbortSignal;
  /** Messages that may wait here for the reader. 1000 unless told. A snapshot waits here whole. */
  readonly bufferSize?: number;
  /**
   * When so many wait: `resume`, the default, lets the service stop and go on behind the last one when half of them
   * have been taken, so that nothing is lost and no other stream is delayed; `skip` leaves out the oldest.
   */
  readonly whenFull?: 'resume' | 'skip';
  /**
   * When what follows the cursor is not kept any more: `throw` HarkCursorExpiredError, or go on with the `earliest`
   * or `latest` that there is. `throw` unless told, of `progress` `latest`.
   */
  readonly whenExpired?: 'throw' | 'earliest' | 'latest';
  /** Called before the message that follows a gap is handed out. */
  readonly onGap?: (gap: Gap) => void;
}

/** Whose messages, from where, and how often; see `SubscribePayload`. */
export type Selection = Partial<
  Pick<SubscribePayload, 'users' | 'devices' | 'since' | 'maxRateHz' | 'snapshot'>
>;

export type PredictionOptions = StreamOptions & Selection & Partial<Pick<SubscribePayload, 'mode'>>;

export type TransitionOptions = StreamOptions &
  Selection &
  Partial<Pick<SubscribePayload, 'mode' | 'minConfidence' | 'leaveConfidence' | 'dwellMs'>>;

/** Any channel with whatever can be asked of it. */
export type ChannelOptions = StreamOptions & Partial<Omit<SubscribePayload, 'channel'>>;
