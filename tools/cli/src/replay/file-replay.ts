import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { toIsoTime, type ReplaySpeed, type SampleBatch } from '@hark/contracts';
import { ReplayResult } from '@hark/models';
import { OfflineLearner, readPrediction } from '../evaluate/offline-learner.js';
import { eachWindow } from '../evaluate/window-source.js';
import type { Recording } from '../recording/recording.js';
import { InterruptedError } from '../terminal/failures.js';
import type { EventRange } from './event-range.js';
import { recordingPieces } from './recording-pieces.js';
import { ReplayPace, type PaceClock } from './replay-pace.js';
import type { ReplayResultView } from './replay-view.js';
import type { StoredVersion } from './stored-version.js';

export interface FileReplayOptions {
  readonly version: StoredVersion;
  readonly speed: ReplaySpeed;
  /** Whether the copy of the model goes on learning. */
  readonly learn: boolean;
  readonly range: EventRange;
}

/** Pieces after which the event loop gets its turn, for Ctrl-C. */
const TURN_PIECES = 32;

/** One pass of a recording through windows and a model of its own; the service is neither read nor written. */
export class FileReplay {
  private readonly result = new ReplayResult(createHash('sha256'));
  private readonly learner: OfflineLearner;
  private readonly pace: ReplayPace;
  private reached = -Infinity;
  private playedMs = 0;
  private effectiveSpeed: number | null = null;
  private over = false;

  /** @throws UnknownClassifierError, FeatureSchemaError when the version can't answer windows cut here. */
  constructor(
    private readonly options: FileReplayOptions,
    clock: PaceClock,
    private readonly stopped: () => boolean,
  ) {
    const { manifest, state } = options.version;
    this.learner = new OfflineLearner({
      classifier: manifest.classifier,
      startFrom: { version: manifest.version, state },
      learning: options.learn,
      versions: false,
    });
    this.pace = new ReplayPace(clock, options.speed, stopped);
  }

  /**
   * Plays to the end.
   *
   * @param onPiece called when a piece has been played.
   * @throws InterruptedError when stopped on the way.
   */
  async play(recording: Pick<Recording, 'batches'>, onPiece: () => void = () => {}): Promise<void> {
    await eachWindow({ batches: () => this.paced(recording, onPiece) }, {}, ({ bytes }) => {
      this.result.add(readPrediction(this.learner.take(bytes)));
    });
    this.over = true;
    this.effectiveSpeed = this.pace.effectiveSpeed(this.playedMs);
  }

  /** Final predictions so far. */
  get predictions(): number {
    return this.result.predictions;
  }

  /** Event time reached, ISO 8601; null before the first row. */
  get position(): string | null {
    return this.reached === -Infinity ? null : toIsoTime(this.reached);
  }

  get view(): ReplayResultView {
    const { predictions, labelled, unanswered, accuracy, digest } = this.result;
    return {
      model: this.options.version.manifest.version,
      status: this.over ? 'ended' : 'playing',
      position: this.position,
      effectiveSpeed: this.over ? this.effectiveSpeed : this.pace.effectiveSpeed(this.playedMs),
      ...{ predictions, labelled, unanswered, accuracy, digest, error: null },
    };
  }

  private async *paced(
    recording: Pick<Recording, 'batches'>,
    onPiece: () => void,
  ): AsyncGenerator<SampleBatch, void, void> {
    let pieces = 0;
    for await (const { batch, playedMs, eventMs } of recordingPieces(
      recording.batches(),
      this.options.range,
    )) {
      await this.pace.due(playedMs);
      if (++pieces % TURN_PIECES === 0) await turn();
      if (this.stopped()) throw new InterruptedError('the replay is stopped');
      yield batch;
      this.playedMs = playedMs;
      this.reached = Math.max(this.reached, eventMs);
      onPiece();
    }
  }
}
