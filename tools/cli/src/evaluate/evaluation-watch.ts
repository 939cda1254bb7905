import type { Recording } from '../recording/recording.js';
import { InterruptedError } from '../terminal/failures.js';
import { Progress } from '../terminal/progress.js';
import { grouped } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

/** Shows how far an evaluation has come, and ends it when the terminal says so. */
export class EvaluationWatch {
  private progress: Progress;
  private reading = true;

  constructor(
    private readonly terminal: Terminal,
    private readonly recording: Recording,
  ) {
    this.progress = new Progress(terminal, 'evaluating');
  }

  /** While the recording is read. */
  readonly windows = (windows: number): void => {
    const { bytesRead, totalBytes } = this.recording.progress;
    this.show(bytesRead / totalBytes, `${grouped(this.recording.rows)} rows, ${grouped(windows)} windows`);
  };

  /** Once it has been read. */
  readonly share = (share: number, text: string): void => {
    if (this.reading) {
      this.progress.stop();
      this.progress = new Progress(this.terminal, 'leaving users out');
      this.reading = false;
    }
    this.show(share, text);
  };

  stop(): void {
    this.progress.stop();
  }

  private show(share: number, text: string): void {
    if (this.terminal.signal.aborted) throw new InterruptedError();
    this.progress.update(share, text);
  }
}
