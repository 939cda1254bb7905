import { problem, type VersionManifest } from '@hark/contracts';
import { versionStateName } from '@hark/models';
import { ProblemError } from '@hark/service';
import type { ArtifactStore } from '@hark/streaming';
import { createHash } from 'node:crypto';

/**
 * The state of a version as it was stored.
 *
 * @throws ProblemError 409 `missing_version`, `damaged_version` when it is not what its manifest says.
 */
export function storedState(
  artifacts: Pick<ArtifactStore, 'read'>,
  { version, digest }: VersionManifest,
): Uint8Array {
  const name = versionStateName(version, digest);
  const state = artifacts.read(name);
  if (state === null)
    throw refused('missing_version', `The state of version ${version} (${name}) is not there.`);
  if (sha256(state) !== digest) {
    throw refused('damaged_version', `The state of version ${version} (${name}) does not match its digest.`);
  }
  return state;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function refused(code: string, detail: string): ProblemError {
  return new ProblemError(problem(409, code, 'Refused', detail));
}
