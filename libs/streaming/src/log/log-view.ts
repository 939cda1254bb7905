import type { InputRange, LogReader, LogRecord } from './log.js';

/** A log as somebody is to see it: like the one behind it, but for what a subclass makes otherwise. */
export abstract class LogView<Behind extends LogReader = LogReader> implements LogReader {
  constructor(protected readonly log: Behind) {}

  read(topic: string, partition: number, from: number, maxBytes: number): Promise<readonly LogRecord[]> {
    return this.log.read(topic, partition, from, maxBytes);
  }

  lookUp(topic: string, partition: number, offset: number): LogRecord | null {
    return this.log.lookUp(topic, partition, offset);
  }

  end(topic: string, partition: number): Promise<number> {
    return this.log.end(topic, partition);
  }

  earliest(topic: string, partition: number): Promise<number> {
    return this.log.earliest(topic, partition);
  }

  firstStep(app: string, runner: string): Promise<number> {
    return this.log.firstStep(app, runner);
  }

  steps(
    app: string,
    runner: string,
    from: number,
    limit: number,
  ): Promise<readonly (readonly InputRange[])[]> {
    return this.log.steps(app, runner, from, limit);
  }

  changed(signal: AbortSignal): Promise<void> {
    return this.log.changed(signal);
  }
}
