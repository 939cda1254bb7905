import { MAX_ACTIVITIES } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { RunningScaler, type ScalerOptions } from '../classifiers/running-scaler.js';
import { SoftmaxTemperature } from '../classifiers/softmax-temperature.js';
import { OTHER_INPUTS, type PersonalModel } from './personal-model.js';
import { viewsByLength } from './views-by-length.js';

/** As for the shared model: see `classifiers/random-feature-rls.ts`. */
const SCALING: ScalerOptions = { settleAfter: 300, prior: { windows: 30, deviation: 1 } };

/** Applies {@link PersonalModel}s, and holds what they have in common: the scale of features, how sure scores are. */
export class PersonalCorrection {
  private readonly scaler: RunningScaler;
  private readonly temperature = new SoftmaxTemperature();
  private readonly values: Float64Array;
  private readonly inputs: Float64Array;
  private readonly scores = new Float64Array(MAX_ACTIVITIES);
  private readonly personal: readonly Float64Array[];
  private readonly mixed: readonly Float64Array[];

  /** @param features indices of the features that are read, at least one. */
  constructor(private readonly features: readonly number[]) {
    this.scaler = new RunningScaler(features.length, SCALING);
    this.values = new Float64Array(features.length);
    this.inputs = new Float64Array(features.length + OTHER_INPUTS);
    this.personal = viewsByLength();
    this.mixed = viewsByLength();
  }

  /**
   * Probabilities by class number, at least one, corrected and mixed. Changes nothing.
   * @returns an array that the next call reuses.
   */
  apply(model: PersonalModel, x: Float64Array, shared: Float64Array): Float64Array {
    const personal = this.evaluate(model, x, shared);
    const mixed = this.mixed[shared.length];
    for (let c = 0; c < mixed.length; c++) mixed[c] = shared[c] + model.trust * (personal[c] - shared[c]);
    return mixed;
  }

  /**
   * @param target number of the true class.
   * @param judged whether what both say of it tells whom to trust.
   */
  learn(model: PersonalModel, x: Float64Array, shared: Float64Array, target: number, judged: boolean): void {
    this.gather(x);
    this.scaler.update(this.values);
    const personal = this.evaluate(model, x, shared);
    if (judged) {
      this.temperature.learn(this.scores, personal, shared.length, target);
      model.judge(shared[target], personal[target]);
    }
    model.learn(this.inputs, this.scores, target);
  }

  write(state: StateWriter): void {
    state.f64(this.temperature.sharpness);
    this.scaler.write(state);
  }

  read(state: StateReader): void {
    this.temperature.sharpness = state.f64();
    if (!(this.temperature.sharpness > 0)) throw new StateFormatError('no sharpness');
    this.scaler.read(state);
  }

  /** Leaves `inputs` and `scores` of the window. @returns the personal probabilities. */
  private evaluate(model: PersonalModel, x: Float64Array, shared: Float64Array): Float64Array {
    this.gather(x);
    this.scaler.standardise(this.values, this.inputs);
    model.writeInputs(shared, this.inputs);
    model.evaluate(shared, this.inputs, this.scores);
    const personal = this.personal[shared.length];
    if (personal.length > 0) this.temperature.probabilities(this.scores, personal.length, personal);
    return personal;
  }

  private gather(x: Float64Array): void {
    const { features, values } = this;
    for (let i = 0; i < features.length; i++) values[i] = x[features[i]];
  }
}
