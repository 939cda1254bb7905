/** A name that is not of the form `models/v37.state`, or would leave the store. */
export class ArtifactNameError extends Error {
  readonly code = 'invalid_artifact_name';
  constructor(readonly artifact: string) {
    super(`invalid artifact name: ${JSON.stringify(artifact)}`);
  }
}

/** An artifact of this name stands already with other bytes: artifacts are immutable. */
export class ArtifactConflictError extends Error {
  readonly code = 'artifact_conflict';
  constructor(readonly artifact: string) {
    super(`the artifact ${artifact} stands already with other bytes`);
  }
}

/** Starts with a letter or digit, so neither `..` nor a hidden file is one; no separator of any system. */
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * Artifact names are one to four segments of `[A-Za-z0-9._-]`, each starting with a letter or digit, joined by `/`.
 * @throws ArtifactNameError
 */
export function checkArtifactName(name: string): void {
  const segments = name.split('/');
  if (segments.length > 4 || !segments.every((segment) => SEGMENT.test(segment)))
    throw new ArtifactNameError(name);
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
