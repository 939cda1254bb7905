interface Clock {
  readonly anchorMs: number;
  readonly seconds: number;
}

/** Devices remembered; of more, the one not heard of longest is forgotten. */
const MAX_DEVICES = 10_000;

/**
 * When the clocks of experiments stood at 0, for messages that don't say it: so that a device's first message arrived
 * as its newest reading was made. An experiment's clock that goes back has been started anew.
 */
export class ExperimentClocks {
  private readonly clocks = new Map<string, Clock>();

  /**
   * @param device a key. @param seconds of the newest reading, on the experiment's clock.
   * @returns milliseconds since 1970.
   */
  anchorOf(device: string, seconds: number, receivedMs: number): number {
    const before = this.clocks.get(device);
    const isNew = before === undefined || seconds < before.seconds;
    const anchorMs = isNew ? Math.round(receivedMs - seconds * 1000) : before.anchorMs;
    this.clocks.delete(device);
    this.clocks.set(device, { anchorMs, seconds });
    for (const oldest of this.clocks.keys()) {
      if (this.clocks.size <= MAX_DEVICES) break;
      this.clocks.delete(oldest);
    }
    return anchorMs;
  }
}
