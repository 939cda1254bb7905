import { LEAVE_MARGIN, TRANSITION_DEFAULTS, type SubscribePayload } from '@hark/contracts';
import { StateReader, StateWriter, type LogReader, type LogRecord, type Processor } from '@hark/streaming';
import { Checkpoints, restoreTo } from '../derived/checkpoints.js';
import { predictionOf, timed, type Derivation, type DerivationMode } from '../derived/derivation.js';
import { Transitions } from '../derived/transitions.js';
import { UserActivities } from '../fusion/user-activities.js';
import { LatestPredictions } from './latest-predictions.js';

const FORMAT = 'hark.live-views';
const FORMAT_VERSION = 1;

/** A derivation that is always carried on, so that who subscribes to it begins at once. */
interface View {
  readonly derivation: Derivation;
  readonly checkpoints: Checkpoints;
}

/** What subscribing needs to know of the past: kept up with the topic `predictions`, and over restarts. */
export class LiveViews implements Processor {
  readonly latest: LatestPredictions;
  /** Offset of the next prediction that will be taken. */
  position = 0;
  private readonly views: ReadonlyMap<string, View>;

  constructor(log: LogReader, staleAfterMs: number) {
    this.latest = new LatestPredictions(log, staleAfterMs);
    const modes: DerivationMode[] = ['append', 'update'];
    this.views = new Map(
      modes.flatMap((mode) =>
        ['transitions', 'fused'].map((channel): [string, View] => {
          const { name, make } = derivationFor({ channel, mode });
          return [name, { derivation: make(), checkpoints: new Checkpoints(true) }];
        }),
      ),
    );
  }

  process(_topic: string, _partition: number, record: LogRecord): void {
    const { offset } = record;
    this.position = offset + 1;
    const prediction = predictionOf(record);
    if (prediction === null) return;
    this.latest.take(record, prediction.final === true);
    const timedOnce = timed(prediction);
    for (const { derivation } of this.views.values()) derivation.take(offset, timedOnce);
  }

  /** Checkpoints along the log of the derivation of this name, if it is one that is carried on. */
  checkpointsOf(name: string): Checkpoints | undefined {
    return this.views.get(name)?.checkpoints;
  }

  /** The derivations' states are their last checkpoints. */
  snapshot(): Uint8Array {
    for (const { derivation, checkpoints } of this.views.values())
      checkpoints.append(this.position, derivation);
    const state = new StateWriter(FORMAT, FORMAT_VERSION, this.expectedBytes()).f64(this.position);
    this.latest.write(state);
    state.u32(this.views.size);
    for (const [name, { checkpoints }] of this.views) {
      state.string(name);
      checkpoints.write(state);
    }
    return state.finish();
  }

  private expectedBytes(): number {
    let bytes = 1024 + 64 * this.latest.size;
    for (const { checkpoints } of this.views.values()) bytes += checkpoints.bytes;
    return bytes;
  }

  restore(bytes: Uint8Array): void {
    const state = new StateReader(bytes, FORMAT, FORMAT_VERSION);
    this.position = state.f64();
    this.latest.read(state);
    for (let left = state.u32(); left > 0; left--) {
      const view = this.views.get(state.string());
      // One that is not carried on any more is read past.
      const checkpoints = view?.checkpoints ?? new Checkpoints(true);
      checkpoints.read(state);
      const { last } = checkpoints;
      if (view !== undefined && last.state !== null) restoreTo(view.derivation, last.state);
    }
    state.finish();
  }
}

/** The derivation that a subscription asks for; equal names are equal derivations. */
export function derivationFor(
  payload: Pick<SubscribePayload, 'channel' | 'mode' | 'minConfidence' | 'leaveConfidence' | 'dwellMs'>,
): { readonly name: string; make(): Derivation } {
  const { channel, mode } = payload;
  // With the version of its state, by which that of an earlier build is known and passed over.
  if (channel === 'fused') return { name: `fused?${mode}&3`, make: () => new UserActivities(mode) };
  const minConfidence = payload.minConfidence ?? TRANSITION_DEFAULTS.minConfidence;
  const leave = payload.leaveConfidence ?? Math.max(0, minConfidence - LEAVE_MARGIN);
  const leaveConfidence = Math.min(leave, minConfidence);
  const dwellMs = payload.dwellMs ?? TRANSITION_DEFAULTS.dwellMs;
  return {
    name: `transitions?${mode}&${minConfidence}&${leaveConfidence}&${dwellMs}`,
    make: () => new Transitions({ mode, minConfidence, leaveConfidence, dwellMs }),
  };
}
