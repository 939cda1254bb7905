import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';

/** Windows that count as recent. */
const RECENT = 256;
/** Names remembered of each kind; beyond it the one first seen is forgotten. */
const MOST_NAMES = 65_536;
/** Fewer recent windows than this say nothing about a name, and fewer older ones nothing about its past. */
const LEAST_RECENT = 5;
const LEAST_OLDER = 20;
/** After this many older windows their counts are halved: a name's past is its nearer past. */
const MOST_OLDER = 2000;

const KINDS = ['users', 'devices', 'classes'] as const;

/** Whose error has risen. */
export type Scope = Readonly<Record<(typeof KINDS)[number], readonly string[]>>;

interface Outcome {
  readonly names: readonly [user: string, device: string, klass: string];
  readonly error: boolean;
}

/** Keeps errors by user, device and class, to tell after an alarm whom it concerns. */
export class ErrorScope {
  /** The last windows, oldest first from `next` on once full. */
  private ring: Outcome[] = [];
  private next = 0;
  /** Windows that have left the ring, by kind and name: errors, count. */
  private older = KINDS.map(() => new Map<string, [errors: number, count: number]>());

  add(user: string, device: string, klass: string, error: boolean): void {
    const outcome: Outcome = { names: [user, device, klass], error };
    if (this.ring.length < RECENT) {
      this.ring.push(outcome);
      return;
    }
    this.age(this.ring[this.next]);
    this.ring[this.next] = outcome;
    this.next = (this.next + 1) % RECENT;
  }

  /** Mean error of the last `count` windows, at most 256 of them; 0 of none. */
  recentError(count: number): number {
    let errors = 0;
    let seen = 0;
    for (const { error } of this.newestFirst(count)) {
      seen++;
      if (error) errors++;
    }
    return seen === 0 ? 0 : errors / seen;
  }

  /**
   * The users, devices and classes whose error over the last `since` windows is above their own before by more than
   * half of the overall rise; in alphabetical order. A name with little past is compared with the overall mean before.
   */
  risen(since: number, before: number, after: number): Scope {
    const [users, devices, classes] = KINDS.map((_, kind) => this.risenOfKind(kind, since, before, after));
    return { users, devices, classes };
  }

  write(state: StateWriter): void {
    state.u32(this.ring.length).u32(this.next);
    for (const { names, error } of this.ring) {
      for (const name of names) state.string(name);
      state.bool(error);
    }
    for (const counts of this.older) {
      state.u32(counts.size);
      for (const [name, [errors, count]] of counts) state.string(name).f64(errors).f64(count);
    }
  }

  read(state: StateReader): void {
    const length = state.u32();
    this.next = state.u32();
    if (length > RECENT || this.next > length) throw new StateFormatError('the recent errors are damaged');
    this.ring = [];
    for (let i = 0; i < length; i++) {
      this.ring.push({ names: [state.string(), state.string(), state.string()], error: state.bool() });
    }
    this.older = KINDS.map(() => {
      const size = state.u32();
      if (size > MOST_NAMES) throw new StateFormatError(`errors of ${size} names`);
      const counts = new Map<string, [number, number]>();
      for (let i = 0; i < size; i++) counts.set(state.string(), [state.f64(), state.f64()]);
      return counts;
    });
  }

  private risenOfKind(kind: number, since: number, before: number, after: number): string[] {
    const span = Math.max(LEAST_RECENT, Math.min(RECENT, since));
    const recent = new Map<string, [errors: number, count: number]>();
    const past = new Map<string, [errors: number, count: number]>();
    let seen = 0;
    for (const { names, error } of this.newestFirst(RECENT)) {
      const counts = seen++ < span ? recent : past;
      const [errors, count] = counts.get(names[kind]) ?? [0, 0];
      counts.set(names[kind], [errors + (error ? 1 : 0), count + 1]);
    }
    const risen: string[] = [];
    for (const [name, [errors, count]] of recent) {
      if (count < LEAST_RECENT) continue;
      const [ringErrors, ringCount] = past.get(name) ?? [0, 0];
      const [olderErrors, olderCount] = this.older[kind].get(name) ?? [0, 0];
      const pastCount = ringCount + olderCount;
      const own = pastCount < LEAST_OLDER ? before : (ringErrors + olderErrors) / pastCount;
      if (errors / count - own > (after - before) / 2) risen.push(name);
    }
    return risen.sort();
  }

  private *newestFirst(count: number): Generator<Outcome, void, undefined> {
    const { length } = this.ring;
    for (let i = 0; i < Math.min(count, length); i++) yield this.ring[(this.next + length - 1 - i) % length];
  }

  private age({ names, error }: Outcome): void {
    for (const [kind, counts] of this.older.entries()) {
      const name = names[kind];
      let [errors, count] = counts.get(name) ?? [0, 0];
      errors += error ? 1 : 0;
      count += 1;
      if (count >= MOST_OLDER) {
        errors /= 2;
        count /= 2;
      }
      counts.set(name, [errors, count]);
      if (counts.size > MOST_NAMES) {
        for (const oldest of counts.keys()) {
          counts.delete(oldest);
          break;
        }
      }
    }
  }
}
