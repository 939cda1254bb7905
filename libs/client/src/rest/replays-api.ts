import type { Comparison, ReplayList, ReplaySpeed, ReplayView } from '@hark/contracts';
import type { VersionName } from './models-api.js';
import { path, type CallOptions, type RestApi } from './rest-api.js';

export type ReplayVersion = Exclude<VersionName, 'previous' | 'challenger'>;

/** An instant of event time: ISO 8601 with a zone, or nanoseconds as digits. */
export type Instant = string;

export interface ReplayOptions extends CallOptions {
  readonly session: string;
  /** 1 unless told. */
  readonly speed?: ReplaySpeed;
  /** `current`, as it is now, unless told. */
  readonly model?: ReplayVersion;
  /** Whether the copy goes on learning. */
  readonly learn?: boolean;
  /** `shift`: windows say the wall time at which the replay began in place of the session's start. */
  readonly timeMode?: 'preserve' | 'shift';
  /** The part to play, `end` excluded; all of it unless told. */
  readonly start?: Instant;
  readonly end?: Instant;
  readonly loop?: boolean;
  readonly paused?: boolean;
}

export type ReplayCommand = (
  | { readonly command: 'play' | 'pause' | 'step' | 'stop' }
  | { readonly command: 'seek'; readonly to: Instant }
) & {
  /** Holds from then on. */
  readonly speed?: ReplaySpeed;
};

/** Recorded sessions played again beside live traffic. What a replay predicts is `HarkClient.replay(id)`. */
export class ReplaysApi {
  constructor(private readonly api: RestApi) {}

  /** Newest first. */
  list(options?: CallOptions): Promise<ReplayList> {
    return this.api.json('/v1/replays', options);
  }

  /** @throws HarkProblemError 404 `unknown_session`, `unknown_version`, 429 `too_many_replays` */
  start({ signal, ...body }: ReplayOptions): Promise<ReplayView> {
    return this.api.json('/v1/replays', { signal, method: 'POST', body });
  }

  /** @throws HarkProblemError 404 `unknown_replay` */
  get(id: string, options?: CallOptions): Promise<ReplayView> {
    return this.api.json(path`/v1/replays/${id}`, options);
  }

  /** @returns the replay as the command has left it. @throws HarkProblemError 404, 409 `replay_over` */
  control(id: string, command: ReplayCommand, options?: CallOptions): Promise<ReplayView> {
    return this.api.json(path`/v1/replays/${id}/control`, { ...options, method: 'POST', body: command });
  }

  /** Stops and forgets it. */
  delete(id: string, options?: CallOptions): Promise<void> {
    return this.api.json(path`/v1/replays/${id}`, { ...options, method: 'DELETE' });
  }

  /** Plays a session to two to four versions at once, none learning. */
  compare(session: string, models: readonly ReplayVersion[], options?: CallOptions): Promise<Comparison> {
    const body = { session, models };
    return this.api.json('/v1/replays/compare', { ...options, method: 'POST', body });
  }
}
