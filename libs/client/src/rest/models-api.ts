import type { LearningAnswer, RollbackAnswer, VersionList, VersionView } from '@hark/contracts';
import { path, type CallOptions, type ChangeOptions, type RestApi } from './rest-api.js';

/** A version: its number, `v37`, or its part. */
export type VersionName = number | `v${number}` | 'current' | 'previous' | 'challenger';

export interface RollbackOptions extends ChangeOptions {
  /** Whether the version goes on learning (`continue`, the default) or answers as it is. */
  readonly learning?: 'continue' | 'frozen';
  /** Only tell what would change. */
  readonly dryRun?: boolean;
  /** Up to 500 characters; stands in the model event. */
  readonly reason?: string;
}

/** The versions of the model, and the commands that change which one answers. */
export class ModelsApi {
  constructor(private readonly api: RestApi) {}

  /** Newest first. */
  list(options?: CallOptions): Promise<VersionList> {
    return this.api.json('/v1/models', options);
  }

  /** @throws HarkProblemError 404 `unknown_version` */
  get(version: VersionName, options?: CallOptions): Promise<VersionView> {
    return this.api.json(path`/v1/models/${version}`, options);
  }

  /** The version that answered at an event time. @throws HarkProblemError 404 `no_version_then` */
  at(time: Date | string, options?: CallOptions): Promise<VersionView> {
    const text = typeof time === 'string' ? time : time.toISOString();
    return this.api.json('/v1/models/at', { ...options, query: { time: text } });
  }

  /** Makes a version of the model as it is now. */
  snapshot(options?: ChangeOptions): Promise<VersionView> {
    return this.api.json('/v1/models', { ...options, method: 'POST' });
  }

  /**
   * Lets a version answer, from one record of the log on.
   *
   * @throws HarkProblemError 404 `unknown_version`, 409 `incompatible_features`; 503 `learner_silent`: the command
   * stands and must not be repeated without its key.
   */
  rollback(version: VersionName, options: RollbackOptions = {}): Promise<RollbackAnswer> {
    const { learning, dryRun, reason, ...call } = options;
    const body = { learning, dryRun, reason };
    return this.api.json(path`/v1/models/${version}/rollback`, { ...call, method: 'POST', body });
  }

  /** Lets a challenger's version answer. @throws HarkProblemError 404, 409 `not_a_challenger` */
  promote(version: VersionName, options?: ChangeOptions): Promise<RollbackAnswer> {
    return this.api.json(path`/v1/models/${version}/promote`, { ...options, method: 'POST' });
  }

  /** Switches learning on or off. */
  setLearning(enabled: boolean, options?: ChangeOptions): Promise<LearningAnswer> {
    return this.api.json('/v1/models/learning', { ...options, method: 'PATCH', body: { enabled } });
  }
}
