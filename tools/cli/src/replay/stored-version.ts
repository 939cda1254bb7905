import { createHash } from 'node:crypto';
import type { Problem, VersionManifest } from '@hark/contracts';
import { RefusedError, type ServiceClient } from '../service/service-client.js';
import { WorkFailedError } from '../terminal/failures.js';

/** A version of the model with what it answers by. */
export interface StoredVersion {
  readonly manifest: VersionManifest;
  readonly state: Uint8Array;
}

/**
 * Asks the gateway for a version; `current` is resolved once, so that both parts are of the same.
 *
 * @throws RefusedError when there is no such version or its state is damaged; ServiceAwayError
 */
export async function storedVersion(
  gateway: ServiceClient,
  model: number | 'current',
): Promise<StoredVersion> {
  const manifest = await gateway.json<VersionManifest>(`/v1/models/${model}`);
  const path = `/v1/models/${manifest.version}/state`;
  const response = await gateway.request(path);
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
    throw new RefusedError(response.status, problem, `${gateway.url}${path}`);
  }
  const state = new Uint8Array(await response.arrayBuffer());
  if (createHash('sha256').update(state).digest('hex') !== manifest.digest) {
    throw new WorkFailedError(`${gateway.url}${path}: what came does not match the version's digest`);
  }
  return { manifest, state };
}
