import type { Logger } from 'pino';
import type { FrontDoor } from './front-door/front-door.js';

/**
 * Asks the front door, several times in each idle timeout and at least once a second, to close the windows of devices
 * gone silent.
 */
export class IdleClock {
  private timer: NodeJS.Timeout | undefined;
  private ticking: Promise<void> = Promise.resolve();
  private failing = false;

  constructor(
    private readonly frontDoor: Pick<FrontDoor, 'tick'>,
    private readonly idleTimeoutMs: number,
    private readonly logger: Logger,
  ) {}

  start(): void {
    const period = Math.min(1000, Math.max(10, this.idleTimeoutMs / 4));
    this.timer = setInterval(() => {
      this.ticking = this.ticking.then(() => this.tick());
    }, period);
  }

  /** Resolves when the tick under way is done. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.ticking;
  }

  private async tick(): Promise<void> {
    try {
      await this.frontDoor.tick(Date.now());
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.logger.warn({ err: error }, 'no tick could be written; trying again');
      this.failing = true;
    }
  }
}
