import type { VersionManifest } from '@hark/contracts';
import { StateFormatError, type ArtifactStore, type Outputs } from '@hark/streaming';

const utf8 = new TextEncoder();
const text = new TextDecoder();

/** Name of a version's state among the artifacts. */
export function versionStateName(version: number): string {
  return `models/v${version}.state`;
}

/** Name of a version's manifest among the artifacts. */
export function versionManifestName(version: number): string {
  return `models/v${version}.json`;
}

/**
 * Stores versions as artifacts and finds them again. A version of the step that is being taken stands with the step's
 * outputs but not yet in the store: until it does, it is kept here.
 */
export class VersionShelf {
  private readonly unstored = new Map<
    number,
    { readonly state: Uint8Array; readonly manifest: VersionManifest }
  >();

  constructor(
    private readonly artifacts: Pick<ArtifactStore, 'read'>,
    private readonly digest: (bytes: Uint8Array) => string,
  ) {}

  put(described: Omit<VersionManifest, 'digest'>, state: Uint8Array, outputs: Outputs): VersionManifest {
    for (const version of this.unstored.keys()) {
      if (this.artifacts.read(versionManifestName(version)) !== null) this.unstored.delete(version);
    }
    const manifest: VersionManifest = { ...described, digest: this.digest(state) };
    outputs.artifact(versionStateName(manifest.version), state);
    outputs.artifact(versionManifestName(manifest.version), utf8.encode(JSON.stringify(manifest)));
    this.unstored.set(manifest.version, { state, manifest });
    return manifest;
  }

  remove(version: number, outputs: Outputs): void {
    this.unstored.delete(version);
    outputs.discard(versionStateName(version));
    outputs.discard(versionManifestName(version));
  }

  /**
   * @returns the version, or null when there is none of this number.
   * @throws StateFormatError when what is stored is not what its manifest says.
   */
  find(version: number): { readonly state: Uint8Array; readonly manifest: VersionManifest } | null {
    const kept = this.unstored.get(version);
    if (kept !== undefined) return kept;
    const state = this.artifacts.read(versionStateName(version));
    const stored = this.artifacts.read(versionManifestName(version));
    if (state === null || stored === null) return null;
    const manifest = parseManifest(stored);
    if (this.digest(state) !== manifest.digest) {
      throw new StateFormatError(`version ${version} is damaged: its digest does not match`);
    }
    return { state, manifest };
  }
}

function parseManifest(stored: Uint8Array): VersionManifest {
  try {
    return JSON.parse(text.decode(stored)) as VersionManifest;
  } catch {
    throw new StateFormatError('a manifest that is not JSON');
  }
}
