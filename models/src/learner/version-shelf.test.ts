import { MemoryArtifactStore, StateFormatError, type Outputs } from '@hark/streaming';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { VersionShelf, versionStateName } from './version-shelf.js';

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function setUp() {
  const artifacts = new MemoryArtifactStore();
  const outputs: Outputs = {
    suppressed: false,
    emit: () => undefined,
    artifact: (name, bytes) => void artifacts.write(name, bytes),
    discard: (name) => void artifacts.remove(name),
  };
  return { artifacts, outputs, shelf: new VersionShelf(artifacts, digest) };
}

describe('a shelf of versions', () => {
  it('is not in the way of the version made in the stead of one that a crash undid', () => {
    const { artifacts, outputs, shelf } = setUp();
    shelf.put(2, 'count', Uint8Array.of(1), outputs);
    const after = new VersionShelf(artifacts, digest);
    const made = after.put(2, 'request', Uint8Array.of(2), outputs);
    expect([...after.state(made)]).toEqual([2]);
    expect(artifacts.names).toHaveLength(2);
  });

  it('finds a version that is still on its way to the store', () => {
    const { outputs, shelf } = setUp();
    const made = shelf.put(1, 'start', Uint8Array.of(7), { ...outputs, artifact: () => undefined });
    expect([...shelf.state(made)]).toEqual([7]);
  });

  it('refuses a state that is not what its digest says, and one that is gone', () => {
    const { outputs, shelf } = setUp();
    const made = shelf.put(1, 'start', Uint8Array.of(7), outputs);
    const name = versionStateName(1, made.digest);
    const damaged = new VersionShelf({ read: () => Uint8Array.of(8) }, digest);
    expect(() => damaged.state(made)).toThrow(
      new StateFormatError('version 1 is damaged: its digest does not match'),
    );
    const empty = new VersionShelf({ read: () => null }, digest);
    expect(() => empty.state(made)).toThrow(new StateFormatError(`version 1 is gone: there is no ${name}`));
  });
});
