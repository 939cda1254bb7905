import type { LabelAnswer, LabelUndone } from '@hark/contracts';
import { path, type CallOptions, type ChangeOptions, type RestApi } from './rest-api.js';
import type { Instant } from './replays-api.js';

/** What a user did in a stretch of time; `from` included, `to` not. */
export interface Label {
  readonly user: string;
  /** All devices of the user unless told. */
  readonly device?: string;
  readonly from: Instant;
  readonly to: Instant;
  /** One that the service knows. */
  readonly activity: string;
  /** Who says so; `user` unless told. */
  readonly source?: string;
}

/** Truth that comes after the samples. */
export class LabelsApi {
  constructor(private readonly api: RestApi) {}

  /** @throws HarkProblemError 404 `unknown_device`, 400 for an activity that is not known */
  add(label: Label, options?: ChangeOptions): Promise<LabelAnswer> {
    return this.api.json('/v1/labels', { ...options, method: 'POST', body: label });
  }

  /** Takes a label back. @throws HarkProblemError 404 `unknown_label` */
  undo(id: string, options?: CallOptions): Promise<LabelUndone> {
    return this.api.json(path`/v1/labels/${id}`, { ...options, method: 'DELETE' });
  }
}
