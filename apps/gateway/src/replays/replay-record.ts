import type { ReplaySpeed, ReplayView, VersionManifest } from '@hark/contracts';
import type { Session } from '../sessions/session.js';
import type { ReplayRange } from './replay-pieces.js';

/**
 * What a replay is a function of, with what was asked for. Run again from it, a replay comes to the same predictions
 * under the same offsets of its channel.
 */
export interface ReplayOptions {
  readonly id: string;
  /** A picture of the session: what is recorded from now on is not part of the replay. */
  readonly session: Session;
  readonly manifest: VersionManifest;
  /** Of the windower and the learner, see {@link ReplayModels.settings}. */
  readonly settings: string;
  readonly range: ReplayRange;
  readonly speed: ReplaySpeed;
  readonly learn: boolean;
  /** `shift`: predictions say the wall time at which the replay began in place of the session's start. */
  readonly timeMode: 'preserve' | 'shift';
  /** Added to the windows' times, milliseconds. */
  readonly shiftMs: number;
  readonly loop: boolean;
  readonly paused: boolean;
}

/** How far a replay has come: where it is taken up again when the gateway starts anew. */
export interface ReplayStanding {
  readonly status: 'playing' | 'paused';
  readonly speed: ReplaySpeed;
  readonly passes: number;
  /** Offset in its channel of the first prediction of this pass. */
  readonly first: number;
  /** Pieces fed in this pass. */
  readonly pieces: number;
  /** Event time that a seek is on its way to, milliseconds; null = none. */
  readonly seekTo: number | null;
  /** Event time reached, milliseconds; null before the first row. */
  readonly reachedMs: number | null;
}

/** A record of the topic `replays`. */
export type ReplayRecord =
  | { readonly kind: 'begun'; readonly replay: ReplayOptions }
  | { readonly kind: 'stood'; readonly id: string; readonly standing: ReplayStanding }
  /** `next`: the offset behind the last prediction of its channel. */
  | { readonly kind: 'ended'; readonly id: string; readonly view: ReplayView; readonly next: number }
  | { readonly kind: 'forgotten'; readonly id: string };

/** What the records say of one replay. */
export interface StoredReplay {
  readonly options: ReplayOptions;
  /** Null when none was stored since it began. */
  standing: ReplayStanding | null;
  /** Null while it is not over. */
  ended: { readonly view: ReplayView; readonly next: number } | null;
}
