import { sameBytes } from './artifact-name.js';
import type { ArtifactStore, Outputs } from './processor.js';

/**
 * For every step of a runner executed again, from the first: its outputs stand, but artifacts that were given up since
 * are gone, and a step may read them. They are made again, and go where they went.
 */
export class RestoredOutputs implements Outputs {
  readonly suppressed = true;
  private written: Promise<void>[] = [];
  private discarded: string[] = [];

  constructor(
    private readonly artifacts: ArtifactStore,
    readonly emit: Outputs['emit'],
  ) {}

  artifact(name: string, bytes: Uint8Array): void {
    const stored = this.artifacts.read(name);
    if (stored !== null && sameBytes(stored, bytes)) return;
    const written = this.artifacts.write(name, bytes);
    // Looked at when the step has ended.
    written.catch(() => undefined);
    this.written.push(written);
  }

  discard(name: string): void {
    this.discarded.push(name);
  }

  /**
   * After each step: what it made is in the store, what it gave up is not.
   * @throws ArtifactConflictError where the stored one is not what the step has made.
   */
  async settle(): Promise<void> {
    await Promise.all(this.written.splice(0));
    for (const name of this.discarded.splice(0)) await this.artifacts.remove(name);
  }
}
