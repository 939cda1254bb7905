import { deviceKey, type DeviceId, type Prediction } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';
import { StandingRule, type RuleStage } from './standing-rule.js';

/** The rules that stand, in the order in which they were made. */
export class RuleBook {
  private rules = new Map<number, StandingRule>();
  /** The rules that concern a device, by its key. */
  private readonly concerned = new Map<string, readonly StandingRule[]>();

  get size(): number {
    return this.rules.size;
  }

  get(number: number): StandingRule | undefined {
    return this.rules.get(number);
  }

  all(): Iterable<StandingRule> {
    return this.rules.values();
  }

  add(rule: StandingRule): void {
    this.rules.set(rule.number, rule);
    this.concerned.clear();
  }

  remove(number: number): RuleStage[] {
    const rule = this.rules.get(number);
    if (rule === undefined) return [];
    this.rules.delete(number);
    this.concerned.clear();
    return rule.removed();
  }

  /** Whether any rule is about the device. */
  concerns(device: DeviceId): boolean {
    return this.rules.size > 0 && this.about(device).length > 0;
  }

  /** A final prediction. One without data says nothing about what is being done: it is passed over. */
  take(prediction: Prediction): RuleStage[] {
    if (prediction.reason === 'no_data') return [];
    const { user, device, activity, confidence, window } = prediction;
    const startMs = Date.parse(window.start);
    const endMs = Date.parse(window.end);
    if (!Number.isFinite(startMs) || !Number.isFinite(endMs)) return [];
    return this.about({ user, device }).flatMap((each) =>
      each.take(
        { user, device },
        { startMs, endMs, shows: activity === each.rule.activity && confidence >= each.rule.minConfidence },
      ),
    );
  }

  silent(device: DeviceId): RuleStage[] {
    return this.about(device).flatMap((each) => each.silent(device));
  }

  write(state: StateWriter): void {
    state.u32(this.rules.size);
    for (const rule of this.rules.values()) rule.write(state);
  }

  read(state: StateReader): void {
    this.rules = new Map();
    this.concerned.clear();
    for (let left = state.u32(); left > 0; left--) {
      const rule = StandingRule.read(state);
      this.rules.set(rule.number, rule);
    }
  }

  private about(device: DeviceId): readonly StandingRule[] {
    const key = deviceKey(device);
    let rules = this.concerned.get(key);
    if (rules === undefined) {
      rules = [...this.rules.values()].filter((each) => each.concerns(device));
      this.concerned.set(key, rules);
    }
    return rules;
  }
}
