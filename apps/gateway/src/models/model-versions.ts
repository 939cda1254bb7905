import { TOPICS, type ModelEvent } from '@hark/contracts';
import { CorruptLogError, type LogReader, type LogRecord } from '@hark/streaming';
import type { Clock } from '../clock.js';
import { ModelHistory, type Asked } from './model-history.js';

const READ_BYTES = 262_144;

/** Keeps a {@link ModelHistory} up to date from the log. */
export class ModelVersions {
  readonly history = new ModelHistory();
  private position = 0;
  private caughtUpOnce = false;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly log: LogReader,
    private readonly clock: Clock,
    /** Called of each part of `models` that is damaged, and left out. */
    private readonly onCorrupt: (error: CorruptLogError) => void = () => undefined,
  ) {}

  /** True once everything that stood in the log at the start has been read. */
  get ready(): boolean {
    return this.caughtUpOnce;
  }

  /** Follows the log until `signal` is aborted. @throws what the log throws. */
  async run(signal: AbortSignal): Promise<void> {
    let change = this.log.changed(signal);
    while (!signal.aborted) {
      const records = await this.read();
      if (records.length === 0) {
        this.caughtUpOnce = true;
        await change;
        change = this.log.changed(signal);
        continue;
      }
      for (const record of records) {
        const event = parseEvent(record.value);
        if (event !== null) this.history.apply(event);
        this.position = record.offset + 1;
      }
      for (const look of [...this.waiting]) look();
    }
  }

  /** What follows; versions whose records are damaged are not known, and the others are. */
  private async read(): Promise<readonly LogRecord[]> {
    for (let maxBytes = READ_BYTES; ;) {
      try {
        return await this.log.read(TOPICS.models, 0, this.position, maxBytes);
      } catch (error) {
        if (!(error instanceof CorruptLogError)) throw error;
        // What stands before it is read first.
        if (error.offset > this.position) maxBytes = 1;
        else {
          this.onCorrupt(error);
          this.position = Math.max(this.position + 1, error.next);
          maxBytes = READ_BYTES;
        }
      }
    }
  }

  /** Records of `models` that have not been read yet. */
  async lag(): Promise<number> {
    return Math.max(0, (await this.log.end(TOPICS.models, 0)) - this.position);
  }

  /** The learner's answer, or null when it has not come within `limitMs`. */
  outcome(asked: Asked, limitMs: number): Promise<ModelEvent | null> {
    return new Promise((resolve) => {
      const finish = (event: ModelEvent | null): void => {
        cancel();
        this.waiting.delete(look);
        resolve(event);
      };
      const look = (): void => {
        const event = this.history.outcome(asked);
        if (event !== null) finish(event);
      };
      const cancel = this.clock.after(limitMs, () => finish(null));
      this.waiting.add(look);
      look();
    });
  }
}

/** A record that is no model event is passed over. */
function parseEvent(value: Uint8Array): ModelEvent | null {
  try {
    const event = JSON.parse(Buffer.from(value).toString('utf8')) as ModelEvent | null;
    if (typeof event?.kind !== 'string') return null;
    return event.kind === 'created' && typeof event.manifest?.version !== 'number' ? null : event;
  } catch {
    return null;
  }
}
