import { MAX_ACTIVITIES } from '@hark/contracts';
import { StateReader, StateWriter } from '@hark/streaming';
import type { Classifier, ClassifierOptions, FactoryOf } from '../classifier.js';
import { ClassList } from './class-list.js';
import { checkFeatures } from './feature-check.js';

/** Name of a classifier, and version of its state's format: whatever changes what is written is a new version. */
export interface ClassifierFormat {
  readonly name: string;
  readonly version: number;
}

/**
 * What is the same in most classifiers: features are checked, classes get numbers in the order they come, windows are
 * counted, the state is framed, and an answer is not worked out twice. A subclass does the arithmetic on numbers alone:
 * {@link estimate}, {@link absorb}, {@link write}, {@link read}.
 */
export abstract class NumberedClassifier implements Classifier {
  private classList = new ClassList();
  private learnedCount = 0;
  /** One view for each number of classes, so that predicting allocates nothing. */
  private readonly answers: readonly Float64Array[];
  /** The vector that the answer is of, if it still is: what is learned has most often been predicted. */
  private readonly answered: Float64Array;
  private isAnswered = false;

  protected constructor(
    private readonly format: ClassifierFormat,
    readonly dimensions: number,
  ) {
    const values = new Float64Array(MAX_ACTIVITIES);
    this.answers = Array.from({ length: MAX_ACTIVITIES + 1 }, (_, count) => values.subarray(0, count));
    this.answered = new Float64Array(dimensions);
  }

  get name(): string {
    return this.format.name;
  }

  get classes(): readonly string[] {
    return this.classList.names;
  }

  get learned(): number {
    return this.learnedCount;
  }

  predict(x: Float64Array): Float64Array {
    checkFeatures(x, this.dimensions);
    return this.answer(x);
  }

  learn(x: Float64Array, label: string): void {
    this.take(x, label, (target) => this.absorb(x, target));
  }

  /** Learns a window by `absorb`, which is told the number of its class. */
  protected take(x: Float64Array, label: string, absorb: (target: number) => void): void {
    checkFeatures(x, this.dimensions);
    const known = this.classes.length;
    const target = this.classList.findOrAdd(label);
    if (target === known) this.forgetAnswer();
    absorb(target);
    this.forgetAnswer();
    this.learnedCount++;
  }

  snapshot(): Uint8Array {
    const { name, version } = this.format;
    const state = new StateWriter(stateFormat(name), version).u32(this.dimensions).f64(this.learnedCount);
    this.classList.write(state);
    this.write(state);
    return state.finish();
  }

  /** The factory of a subclass. A seed that is still needed after a restore is for the subclass to write and read. */
  static factory<C extends NumberedClassifier>(
    format: ClassifierFormat,
    create: (options: ClassifierOptions) => C,
  ): FactoryOf<C> {
    return {
      name: format.name,
      create,
      restore: (bytes) => {
        const state = new StateReader(bytes, stateFormat(format.name), format.version);
        const restored = create({ dimensions: state.u32(), seed: 0 });
        restored.learnedCount = state.f64();
        restored.classList = ClassList.read(state);
        restored.read(state);
        state.finish();
        return restored;
      },
    };
  }

  /** Writes the probability of each class so far; called with at least one class. */
  protected abstract estimate(x: Float64Array, probabilities: Float64Array): void;

  /** Learns a vector of class number `target`; `classes` and {@link answer} know a new class already. */
  protected abstract absorb(x: Float64Array, target: number): void;

  /** Writes the state, but for dimensions, classes and windows. */
  protected abstract write(state: StateWriter): void;

  /** Reads what {@link write} wrote, into a new classifier that has its classes. */
  protected abstract read(state: StateReader): void;

  /**
   * The probabilities of a vector that has been checked: those last worked out, if they still hold. Whatever
   * {@link estimate} leaves behind is of this vector afterwards.
   */
  protected answer(x: Float64Array): Float64Array {
    const probabilities = this.answers[this.classes.length];
    if (!this.hasAnswered(x)) {
      if (probabilities.length > 0) this.estimate(x, probabilities);
      this.answered.set(x);
      this.isAnswered = true;
    }
    return probabilities;
  }

  /** To be called when something has changed on which answers depend, except at the end of {@link absorb}. */
  protected forgetAnswer(): void {
    this.isAnswered = false;
  }

  /** Sets classes and windows, of what has come to be otherwise than window by window. */
  protected assume(classes: readonly string[], learned: number): void {
    this.classList = new ClassList();
    for (const label of classes) this.classList.findOrAdd(label);
    this.learnedCount = learned;
    this.forgetAnswer();
  }

  private hasAnswered(x: Float64Array): boolean {
    if (!this.isAnswered) return false;
    const { answered, dimensions } = this;
    for (let i = 0; i < dimensions; i++) if (answered[i] !== x[i]) return false;
    return true;
  }
}

const stateFormat = (name: string) => `hark.classifier.${name}`;
