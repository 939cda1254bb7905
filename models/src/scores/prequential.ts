import type { ScoreSummary } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { ConfusionMatrix } from './confusion-matrix.js';
import { kappaTemporal } from './kappa-temporal.js';
import { NoChangeBaseline } from './no-change-baseline.js';

/** Scores of predictions made before learning (prequential, Gama et al. 2013), over all windows and the last ones. */
export class Prequential {
  private matrix = new ConfusionMatrix();
  private recent = new ConfusionMatrix();
  /** The last windows, oldest first from `next` on once full: true class, predicted class. */
  private readonly ring: (readonly [string, string])[] = [];
  private next = 0;
  private baseline = new NoChangeBaseline();

  /** @param span how many windows count as the last ones. */
  constructor(readonly span: number) {}

  /** @param stream whose window it was: the no-change baseline repeats the last label of the same stream. */
  add(truth: string, predicted: string, stream: string): void {
    this.matrix.add(truth, predicted);
    this.recent.add(truth, predicted);
    if (this.ring.length < this.span) {
      this.ring.push([truth, predicted]);
    } else {
      const [oldTruth, oldPredicted] = this.ring[this.next];
      this.recent.remove(oldTruth, oldPredicted);
      this.ring[this.next] = [truth, predicted];
      this.next = (this.next + 1) % this.span;
    }
    this.baseline.add(truth, stream);
  }

  get overall(): ConfusionMatrix {
    return this.matrix;
  }

  /** Of the last `span` windows. */
  get sliding(): ConfusionMatrix {
    return this.recent;
  }

  get kappaTemporal(): number {
    return kappaTemporal(this.matrix.accuracy, this.baseline.accuracy);
  }

  summary(): ScoreSummary {
    return this.matrix.summary();
  }

  write(state: StateWriter): void {
    state.u32(this.span).u32(this.ring.length).u32(this.next);
    for (const [truth, predicted] of this.ring) state.string(truth).string(predicted);
    this.matrix.write(state);
    this.recent.write(state);
    this.baseline.write(state);
  }

  static read(state: StateReader): Prequential {
    const restored = new Prequential(state.u32());
    const held = state.u32();
    restored.next = state.u32();
    if (held > restored.span || restored.next > held)
      throw new StateFormatError('the last windows are damaged');
    for (let i = 0; i < held; i++) restored.ring.push([state.string(), state.string()]);
    restored.matrix = ConfusionMatrix.read(state);
    restored.recent = ConfusionMatrix.read(state);
    restored.baseline = NoChangeBaseline.read(state);
    return restored;
  }
}
