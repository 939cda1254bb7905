import { TOPICS, deviceKey, type DeviceId, type Prediction } from '@hark/contracts';
import type { LogReader } from '@hark/streaming';

/** What a device is told. */
export interface LatestAnswer {
  readonly activity: string;
  /** 0 to 1. */
  readonly confidence: number;
}

const UNKNOWN: LatestAnswer = { activity: 'unknown', confidence: 0 };
const READ_BYTES = 1 << 20;
/** Devices that ask; of more, the one that asked longest ago is no longer listened for. */
const MAX_DEVICES = 1000;

interface Heard {
  readonly startMs: number;
  readonly answer: LatestAnswer;
}

/**
 * The latest prediction of each device that asks for it. Reads the topic `predictions` from the first question on, and
 * of its records those of the devices that ask.
 */
export class LatestAnswers {
  private readonly devices = new Map<string, Heard | null>();
  private readonly text = new TextDecoder();
  private readonly stopping = new AbortController();
  private position: number | null = null;
  private following: Promise<void> | null = null;

  /** @param onError what reading the log has thrown; it is read again at the next question. */
  constructor(
    private readonly log: LogReader,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** At once; `unknown` until a prediction has been heard. */
  of(device: DeviceId): LatestAnswer {
    const key = deviceKey(device);
    const heard = this.devices.get(key) ?? null;
    this.devices.delete(key);
    this.devices.set(key, heard);
    for (const oldest of this.devices.keys()) {
      if (this.devices.size <= MAX_DEVICES) break;
      this.devices.delete(oldest);
    }
    this.following ??= this.follow();
    return heard?.answer ?? UNKNOWN;
  }

  /** Resolves when nothing is read any more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.following;
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    try {
      while (!signal.aborted) {
        const changed = this.log.changed(signal);
        await this.readOn();
        await changed;
      }
    } catch (error) {
      if (!signal.aborted) this.onError(error);
      this.following = null;
    }
  }

  private async readOn(): Promise<void> {
    this.position ??= await this.log.end(TOPICS.predictions, 0);
    for (;;) {
      const records = await this.log.read(TOPICS.predictions, 0, this.position, READ_BYTES);
      if (records.length === 0) return;
      for (const { key, value } of records) {
        const before = this.devices.get(key);
        if (before === undefined) continue;
        const prediction = JSON.parse(this.text.decode(value)) as Prediction;
        const startMs = Date.parse(prediction.window.start);
        // A revision of an older window says nothing of now.
        if (before !== null && startMs < before.startMs) continue;
        const { activity, confidence } = prediction;
        this.devices.set(key, { startMs, answer: { activity, confidence } });
      }
      this.position = records[records.length - 1].offset + 1;
    }
  }
}
