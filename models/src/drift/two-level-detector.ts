import type { StateReader, StateWriter } from '@hark/streaming';
import type { DriftDetector, DriftEvidence, DriftInput, DriftSignal } from './drift-detector.js';

/** A detector that knows no warning, made to give one by a second, more sensitive one beside it. */
export class TwoLevelDetector implements DriftDetector {
  private lastEvidence: DriftEvidence | null = null;

  /** @param sensitive signals `warning`. */
  constructor(
    private readonly strict: DriftDetector,
    private readonly sensitive: DriftDetector,
  ) {}

  get name(): string {
    return this.strict.name;
  }

  get input(): DriftInput {
    return this.strict.input;
  }

  get evidence(): DriftEvidence | null {
    return this.lastEvidence;
  }

  update(value: number): DriftSignal {
    const drift = this.strict.update(value);
    const warning = this.sensitive.update(value);
    if (drift !== 'none') this.lastEvidence = this.strict.evidence;
    else if (warning !== 'none') this.lastEvidence = this.sensitive.evidence;
    return drift !== 'none' ? drift : warning;
  }

  reset(): void {
    this.strict.reset();
    this.sensitive.reset();
    this.lastEvidence = null;
  }

  write(state: StateWriter): void {
    this.strict.write(state);
    this.sensitive.write(state);
    state.bool(this.lastEvidence !== null).bool(this.lastEvidence === this.strict.evidence);
  }

  read(state: StateReader): void {
    this.strict.read(state);
    this.sensitive.read(state);
    const spoke = state.bool();
    const ofStrict = state.bool();
    this.lastEvidence = spoke ? (ofStrict ? this.strict : this.sensitive).evidence : null;
  }
}
