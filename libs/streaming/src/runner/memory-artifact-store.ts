import { checkArtifactName, ArtifactConflictError, sameBytes } from './artifact-name.js';
import type { ArtifactStore } from './processor.js';

/** Artifacts in memory, for tests and for work without a service. */
export class MemoryArtifactStore implements ArtifactStore {
  private readonly artifacts = new Map<string, Uint8Array>();

  write(name: string, bytes: Uint8Array): Promise<void> {
    try {
      checkArtifactName(name);
      const stored = this.artifacts.get(name);
      if (stored !== undefined && !sameBytes(stored, bytes)) throw new ArtifactConflictError(name);
      this.artifacts.set(name, bytes.slice());
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  read(name: string): Uint8Array | null {
    checkArtifactName(name);
    return this.artifacts.get(name)?.slice() ?? null;
  }

  remove(name: string): Promise<void> {
    this.artifacts.delete(name);
    return Promise.resolve();
  }

  /** Names of all artifacts, in the order they were written first. */
  get names(): readonly string[] {
    return [...this.artifacts.keys()];
  }
}
