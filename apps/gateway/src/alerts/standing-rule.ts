import { deviceKey, type ActivityRule, type DeviceId } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';
import { ActivityWatch, type ActivityStage, type SeenWindow } from './activity-watch.js';

/** What a rule says of a device. */
export interface RuleStage extends ActivityStage {
  readonly number: number;
  readonly rule: ActivityRule;
  readonly device: DeviceId;
}

/** A rule that stands, with what it has seen of each device. */
export class StandingRule {
  private episodes = 0;
  private readonly watches = new Map<string, { readonly device: DeviceId; readonly watch: ActivityWatch }>();

  /** @param number offset of its record. @param by @param key as in the record. */
  constructor(
    readonly number: number,
    readonly rule: ActivityRule,
    readonly by: string | null,
    readonly key: string | null,
  ) {}

  concerns({ user, device }: DeviceId): boolean {
    const { users, devices } = this.rule;
    return (users?.includes(user) ?? true) && (devices?.includes(device) ?? true);
  }

  take(device: DeviceId, window: SeenWindow): RuleStage[] {
    const key = deviceKey(device);
    let found = this.watches.get(key);
    if (found === undefined) this.watches.set(key, (found = { device, watch: new ActivityWatch() }));
    return this.told(
      device,
      found.watch.take(this.rule, window, () => ++this.episodes),
    );
  }

  /** The device sends nothing any more. */
  silent(device: DeviceId): RuleStage[] {
    return this.told(device, this.watches.get(deviceKey(device))?.watch.end('silent') ?? []);
  }

  /** The rule goes. */
  removed(): RuleStage[] {
    return [...this.watches.values()].flatMap(({ device, watch }) =>
      this.told(device, watch.end('rule_removed')),
    );
  }

  write(state: StateWriter): void {
    state.f64(this.number).string(JSON.stringify({ rule: this.rule, by: this.by, key: this.key }));
    state.f64(this.episodes).u32(this.watches.size);
    for (const { device, watch } of this.watches.values()) {
      state.string(device.user).string(device.device);
      watch.write(state);
    }
  }

  static read(state: StateReader): StandingRule {
    const number = state.f64();
    const { rule, by, key } = JSON.parse(state.string()) as Pick<StandingRule, 'rule' | 'by' | 'key'>;
    const standing = new StandingRule(number, rule, by, key);
    standing.episodes = state.f64();
    for (let left = state.u32(); left > 0; left--) {
      const device = { user: state.string(), device: state.string() };
      standing.watches.set(deviceKey(device), { device, watch: ActivityWatch.read(state) });
    }
    return standing;
  }

  private told(device: DeviceId, stages: readonly ActivityStage[]): RuleStage[] {
    const { number, rule } = this;
    return stages.map((stage) => ({ ...stage, number, rule, device }));
  }
}
