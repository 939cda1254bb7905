import { TOPICS, problem, type ActivityRule, type AlertRuleRecord } from '@hark/contracts';
import { ProblemError, type Principal } from '@hark/service';
import type { LogWriter } from '@hark/streaming';
import { logRefusal } from '../http/log-refusal.js';
import type { DeskRunner } from './desk-runner.js';
import type { RuleBody } from './rule-requests.js';
import type { StandingRule } from './standing-rule.js';
import type { WebhookAllowList } from './webhooks/webhook-allow-list.js';

const MOST_RULES = 1000;
const MOST_RULES_OF_A_TOKEN = 100;
/** How long an answer waits for the desk to have taken the change; it stands in the log by then. */
const DESK_LIMIT_MS = 5000;

/** A rule as its owner sees it. */
export interface RuleView extends ActivityRule {
  readonly id: string;
}

/** The rules by which activities are announced. Who may know of some users only has rules about those only. */
export class RulesService {
  /** Changes are made one after the other, so that each is held against what stands. */
  private before: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly runner: DeskRunner,
    private readonly writer: LogWriter,
    private readonly allowList: WebhookAllowList,
  ) {}

  list(caller: Principal): RuleView[] {
    return [...this.runner.desk.rules.all()].filter((rule) => isVisible(rule, caller)).map(viewOf);
  }

  /**
   * @param key the caller's idempotency key: the rule made with it is the answer, while it stands.
   * @throws ProblemError 400 for a webhook that may not be sent to, 403 for a user that the caller may not know of,
   * 409 when there are too many rules, 422 when the key was used for another rule, 503 when the disk is full.
   */
  add(body: RuleBody, caller: Principal, key: string | null): Promise<RuleView> {
    const foreign = body.users?.find((user) => !caller.sees(user));
    if (foreign !== undefined) throw refused(403, 'forbidden_user', `Your token is not for ${foreign}.`);
    if (body.webhook !== null && this.allowList.permit(body.webhook) === null) {
      throw refused(
        400,
        'webhook_not_allowed',
        'webhook: the URL is not among HARK_WEBHOOK_TARGETS, which the operator of the service sets.',
      );
    }
    const rule = { ...body, users: caller.users.narrow(body.users ?? undefined) ?? null };
    return this.inTurn(async () => {
      const by = caller.token?.id ?? null;
      const same = key === null ? undefined : this.find((each) => each.key === key && each.by === by);
      if (same !== undefined) {
        if (JSON.stringify(same.rule) === JSON.stringify(rule)) return viewOf(same);
        throw refused(422, 'idempotency_key_reused', 'This Idempotency-Key came with another rule before.');
      }
      this.requireRoom(by);
      const number = await this.append({ kind: 'rule', rule, by, key });
      return { id: String(number), ...rule };
    });
  }

  /** @throws ProblemError 404 when there is no such rule, or the caller may not know of it. */
  remove(id: string, caller: Principal): Promise<{ readonly id: string }> {
    return this.inTurn(async () => {
      const rule = /^\d{1,15}$/.test(id) ? this.runner.desk.rules.get(Number(id)) : undefined;
      if (rule === undefined || !isVisible(rule, caller))
        throw refused(404, 'unknown_rule', 'There is no rule of this id.');
      await this.append({ kind: 'removed', rule: rule.number });
      return { id };
    });
  }

  private find(wanted: (rule: StandingRule) => boolean): StandingRule | undefined {
    return [...this.runner.desk.rules.all()].find(wanted);
  }

  private requireRoom(by: string | null): void {
    const all = [...this.runner.desk.rules.all()];
    const own = by === null ? 0 : all.filter((rule) => rule.by === by).length;
    if (all.length >= MOST_RULES || own >= MOST_RULES_OF_A_TOKEN) {
      throw refused(409, 'too_many_rules', 'There are too many rules; remove some that are not needed.');
    }
  }

  private inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.before.then(change);
    this.before = done.catch(() => undefined);
    return done;
  }

  /** Stores the change; it is on disk when this resolves. @returns the record's offset. */
  private async append(change: AlertRuleRecord): Promise<number> {
    const value = new TextEncoder().encode(JSON.stringify(change));
    let offset: number;
    try {
      const appends = [{ topic: TOPICS.rules, partition: 0, records: [{ key: '', value }] }];
      const { firstOffsets } = await this.writer.commit({ appends });
      offset = firstOffsets[0];
      await this.writer.durable();
    } catch (error) {
      throw logRefusal(error);
    }
    await this.runner.until(TOPICS.rules, offset + 1, DESK_LIMIT_MS);
    return offset;
  }
}

function isVisible({ rule: { users } }: StandingRule, caller: Principal): boolean {
  return caller.users.everybody || (users !== null && users.every((user) => caller.sees(user)));
}

function viewOf({ number, rule }: StandingRule): RuleView {
  return { id: String(number), ...rule };
}

const TITLES = {
  400: 'Invalid request',
  403: 'Forbidden',
  404: 'Unknown rule',
  409: 'Too many rules',
  422: 'Idempotency key reused',
} as const;

function refused(status: keyof typeof TITLES, code: string, detail: string): ProblemError {
  return new ProblemError(problem(status, code, TITLES[status], detail));
}
