import type { ActivityRule, AlertType } from '@hark/contracts';
import type { HarkAlert } from '../hark-alert.js';
import { path, type CallOptions, type ChangeOptions, type RestApi } from './rest-api.js';

export interface AlertQuery extends CallOptions {
  /** Announced at or after this, ISO 8601 with a zone. */
  readonly since?: string;
  readonly type?: AlertType;
  /** Those that are about this user, or about nobody in particular. */
  readonly user?: string;
  /** 1 to 1000; 100 unless told. */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly cursor?: string;
}

export interface AlertPage {
  /** Newest first. */
  readonly alerts: readonly HarkAlert[];
  /** A cursor: `alerts({ since: { epoch, offset } })` brings what comes after this page was made. */
  readonly epoch: string;
  readonly offset: number;
  /** The cursor of the page after this one; absent on the last. */
  readonly next?: string;
}

/** What the service fills in where it is not told: anybody, any device, any confidence, 5 s, no webhook. */
export type NewRule = Pick<ActivityRule, 'activity' | 'forSeconds'> & Partial<ActivityRule>;

export interface RuleView extends ActivityRule {
  readonly id: string;
}

/** What was announced, and the rules by which activities are. Alerts as they come are `HarkClient.alerts()`. */
export class AlertsApi {
  constructor(private readonly api: RestApi) {}

  /** A page, newest first. */
  list({ signal, ...query }: AlertQuery = {}): Promise<AlertPage> {
    return this.api.json('/v1/alerts', { signal, query });
  }

  async rules(options?: CallOptions): Promise<readonly RuleView[]> {
    const { rules } = await this.api.json<{ rules: RuleView[] }>('/v1/alerts/rules', options);
    return rules;
  }

  /** @throws HarkProblemError 400 `webhook_not_allowed`, 403 `forbidden_user`, 409 `too_many_rules` */
  addRule(rule: NewRule, options?: ChangeOptions): Promise<RuleView> {
    return this.api.json('/v1/alerts/rules', { ...options, method: 'POST', body: rule });
  }

  /** @throws HarkProblemError 404 `unknown_rule` */
  removeRule(id: string, options?: CallOptions): Promise<{ readonly id: string }> {
    return this.api.json(path`/v1/alerts/rules/${id}`, { ...options, method: 'DELETE' });
  }
}
