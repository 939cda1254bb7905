import { SampleBatchBuilder, type SampleBatch } from '@hark/contracts';
import type { SeededRandom } from './seeded-random.js';

export const START_MS = 1_424_696_632_000;

const ACTIVITIES = ['walk', 'sit', 'bike', null] as const;
const STEP_MS = 100;

/** What a client knows of a batch that it sent. */
export type Outcome = 'acknowledged' | 'refused' | 'unknown';

/** A batch as it was sent, for the books. */
export interface SentBatch {
  readonly id: string;
  readonly batch: SampleBatch;
  outcome: Outcome;
}

/**
 * A device that sends what it measures, in batches that it numbers and repeats until they are acknowledged. Some rows
 * come late, some twice, and each row carries its own number in `x`.
 */
export class SimulatedDevice {
  readonly producer: string;
  private elapsed = 0;
  private sequence = 0;
  private outstanding: SentBatch | null = null;

  constructor(
    private readonly user: string,
    private readonly device: string,
    private readonly random: SeededRandom,
  ) {
    this.producer = `${user}/${device}`;
  }

  /** The batch to send now: the one that has not been acknowledged, or the next. */
  next(): SentBatch {
    if (this.outstanding === null || this.outstanding.outcome === 'acknowledged') {
      this.sequence++;
      this.outstanding = {
        id: `${this.producer}#${this.sequence}`,
        batch: this.measure(),
        outcome: 'unknown',
      };
    }
    return this.outstanding;
  }

  get number(): number {
    return this.sequence;
  }

  /** Nothing of it is open. */
  get isSettled(): boolean {
    return this.outstanding === null || this.outstanding.outcome === 'acknowledged';
  }

  /** A batch sent once, whatever becomes of it. */
  single(): SampleBatch {
    return this.measure();
  }

  private measure(): SampleBatch {
    const builder = new SampleBatchBuilder();
    const activity = ACTIVITIES[Math.floor(this.elapsed / 3000) % ACTIVITIES.length];
    const label = builder.labelOf(activity);
    const rows = 2 + this.random.below(7);
    for (let row = 0; row < rows; row++) {
      this.elapsed += STEP_MS;
      const late = this.random.chance(0.04) ? 100 * this.random.below(20) : 0;
      const eventMs = START_MS + Math.max(0, this.elapsed - late);
      for (const sensor of ['accelerometer', 'gyroscope'] as const) {
        const stream = builder.streamOf(this.user, this.device, 'nexus4', sensor);
        const times = this.random.chance(0.03) ? 2 : 1;
        for (let time = 0; time < times; time++)
          builder.push(stream, eventMs, 0, eventMs + 20, this.elapsed / 1024, row, 9.81, label);
      }
    }
    return builder.take();
  }
}
