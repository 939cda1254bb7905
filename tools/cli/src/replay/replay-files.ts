import { setTimeout as sleep } from 'node:timers/promises';
import type { ReplayEnd, ReplaySpeed, Sensor } from '@hark/contracts';
import { RejectedRows } from '../recording/rejected-rows.js';
import { Recording } from '../recording/recording.js';
import type { ServiceClient } from '../service/service-client.js';
import { WorkFailedError } from '../terminal/failures.js';
import { Progress } from '../terminal/progress.js';
import { grouped } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { eventRange } from './event-range.js';
import { FileReplay } from './file-replay.js';
import type { PaceClock } from './replay-pace.js';
import type { ReplayResultView } from './replay-view.js';
import { storedVersion } from './stored-version.js';

export interface FilesOptions {
  readonly speed: ReplaySpeed;
  readonly model: number | 'current';
  readonly learn: boolean;
  readonly loop: boolean;
  readonly start?: string;
  readonly end?: string;
  readonly sensor?: Sensor;
  readonly columns?: string[];
  readonly rejected?: string;
}

/** A {@link ReplayResultView} with the other fields of the gateway's, where a file has them, and how reading went. */
export interface FilesView extends ReplayResultView {
  readonly id: null;
  readonly session: null;
  readonly files: readonly string[];
  readonly rows: number;
  readonly rejected: number;
  readonly reason: Extract<ReplayEnd, 'played_out' | 'no_predictions'>;
  readonly speed: ReplaySpeed;
  readonly learn: boolean;
  readonly loop: boolean;
  readonly passes: number;
}

/**
 * Plays recorded files through a copy of a version of the service, in this process. A loop goes on until Ctrl-C, or
 * until a pass comes to no prediction.
 *
 * @throws UsageError, RecordingFileError; RefusedError, WorkFailedError, InterruptedError
 */
export async function replayFiles(
  paths: readonly string[],
  options: FilesOptions,
  gateway: ServiceClient,
  terminal: Terminal,
): Promise<FilesView> {
  const { sensor, columns, speed, learn, loop } = options;
  const range = eventRange(options.start, options.end);
  const rejectedRows = new RejectedRows(terminal, options.rejected);
  const progress = new Progress(terminal, 'replaying');
  try {
    // Before the service is asked: a file that is none is wrong usage, wherever the service is.
    let recording = await Recording.open(paths, { sensor, columns }, rejectedRows.add);
    const version = await storedVersion(gateway, options.model);
    for (let passes = 1; ; passes++) {
      const replay = new FileReplay(
        { version, speed, learn, range },
        wallClock(terminal),
        () => terminal.signal.aborted,
      );
      await replay.play(recording, () => watch(recording, replay, progress));
      const { view } = replay;
      if (recording.rows === 0) throw new WorkFailedError('no row could be read');
      if (view.position === null) throw new WorkFailedError('nothing of the recording is in this range');
      if (loop && view.predictions > 0) {
        // Refused rows have been named.
        recording = await Recording.open(paths, { sensor, columns });
        continue;
      }
      return {
        ...{ id: null, session: null, files: recording.files.map(({ path }) => path) },
        ...{ rows: recording.rows, rejected: recording.rejected },
        ...view,
        reason: loop ? 'no_predictions' : 'played_out',
        ...{ speed, learn, loop, passes },
      };
    }
  } finally {
    progress.stop();
    rejectedRows.close();
  }
}

function watch(recording: Recording, replay: FileReplay, progress: Progress): void {
  const { bytesRead, totalBytes } = recording.progress;
  const { predictions, position } = replay;
  progress.update(
    bytesRead / totalBytes,
    `${grouped(predictions)} predictions, at ${position ?? 'the start'}`,
  );
}

function wallClock({ signal }: Terminal): PaceClock {
  return {
    now: () => performance.now(),
    sleep: (ms) => sleep(ms, undefined, { signal }).catch(() => undefined),
  };
}
