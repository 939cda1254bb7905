import type { VersionCause } from '@hark/contracts';
import {
  StateFormatError,
  type ArtifactStore,
  type Outputs,
  type StateReader,
  type StateWriter,
} from '@hark/streaming';

/**
 * Name of a version's state among the artifacts. The digest is part of it: a step that a crash undid may have left a
 * file behind, and the step taken in its stead may make another version of the same number.
 * @param digest SHA-256 of the state, hex.
 */
export function versionStateName(version: number, digest: string): string {
  return `models/v${version}-${digest.slice(0, 16)}.state`;
}

/** What is remembered of a version that is kept; its manifest stands in the log. */
export interface ShelvedVersion {
  readonly version: number;
  readonly cause: VersionCause;
  readonly digest: string;
}

export function writeShelved({ version, cause, digest }: ShelvedVersion, state: StateWriter): void {
  state.f64(version).string(cause).string(digest);
}

export function readShelved(state: StateReader): ShelvedVersion {
  return { version: state.f64(), cause: state.string() as VersionCause, digest: state.string() };
}

/**
 * Stores versions as artifacts and finds them again. A version of the step that is being taken stands with the step's
 * outputs but not yet in the store: until it does, it is kept here.
 */
export class VersionShelf {
  private readonly unstored = new Map<string, Uint8Array>();

  constructor(
    private readonly artifacts: Pick<ArtifactStore, 'read'>,
    private readonly digest: (bytes: Uint8Array) => string,
  ) {}

  put(version: number, cause: VersionCause, state: Uint8Array, outputs: Outputs): ShelvedVersion {
    for (const name of this.unstored.keys())
      if (this.artifacts.read(name) !== null) this.unstored.delete(name);
    const shelved = { version, cause, digest: this.digest(state) };
    const name = versionStateName(version, shelved.digest);
    outputs.artifact(name, state);
    if (!outputs.suppressed) this.unstored.set(name, state);
    return shelved;
  }

  remove({ version, digest }: ShelvedVersion, outputs: Outputs): void {
    const name = versionStateName(version, digest);
    this.unstored.delete(name);
    outputs.discard(name);
  }

  /** @throws StateFormatError when the state is gone, or not what its digest says. */
  state({ version, digest }: Pick<ShelvedVersion, 'version' | 'digest'>): Uint8Array {
    const name = versionStateName(version, digest);
    const state = this.unstored.get(name) ?? this.artifacts.read(name);
    if (state === null) throw new StateFormatError(`version ${version} is gone: there is no ${name}`);
    if (this.digest(state) !== digest) {
      throw new StateFormatError(`version ${version} is damaged: its digest does not match`);
    }
    return state;
  }
}
