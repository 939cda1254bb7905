import { describe, expect, it } from 'vitest';
import { ArtifactConflictError, ArtifactNameError } from './artifact-name.js';
import type { ArtifactStore } from './processor.js';

const bytes = (...values: number[]) => new Uint8Array(values);

/** What every artifact store does. `open` makes an empty one. */
export function describeArtifactStore(name: string, open: () => Promise<ArtifactStore>): void {
  describe(`${name} as an artifact store`, () => {
    it('gives back what was written under a name, and null where nothing was', async () => {
      const store = await open();
      await store.write('models/v37.state', bytes(1, 2, 3));
      await store.write('models/v38.state', bytes());
      expect([...(store.read('models/v37.state') ?? [])]).toEqual([1, 2, 3]);
      expect(store.read('models/v38.state')?.length).toBe(0);
      expect(store.read('models/v39.state')).toBe(null);
      expect(store.read('models')).toBe(null);
    });

    it('shows an artifact from the call of write on', async () => {
      const store = await open();
      const written = store.write('models/v1.state', bytes(7));
      expect([...(store.read('models/v1.state') ?? [])]).toEqual([7]);
      await written;
    });

    it('keeps the bytes as they were at the call, whatever is done with them or with what was read', async () => {
      const store = await open();
      const value = bytes(1, 2);
      const written = store.write('a', value);
      value.fill(9);
      await written;
      store.read('a')?.fill(8);
      expect([...(store.read('a') ?? [])]).toEqual([1, 2]);
    });

    it('takes the same bytes again, also at the same time', async () => {
      const store = await open();
      await Promise.all([store.write('a', bytes(1, 2)), store.write('a', bytes(1, 2))]);
      await store.write('a', bytes(1, 2));
      expect([...(store.read('a') ?? [])]).toEqual([1, 2]);
    });

    it('refuses other bytes under a name that stands', async () => {
      const store = await open();
      await store.write('a', bytes(1, 2));
      await expect(store.write('a', bytes(1, 3))).rejects.toBeInstanceOf(ArtifactConflictError);
      await expect(store.write('a', bytes(1))).rejects.toBeInstanceOf(ArtifactConflictError);
      expect([...(store.read('a') ?? [])]).toEqual([1, 2]);
    });

    it('no longer has what was removed; removing it again does nothing', async () => {
      const store = await open();
      await store.write('models/v1.state', bytes(1));
      await store.write('models/v2.state', bytes(2));
      await store.remove('models/v1.state');
      await store.remove('models/v1.state');
      expect(store.read('models/v1.state')).toBe(null);
      expect([...(store.read('models/v2.state') ?? [])]).toEqual([2]);
    });

    it.each([
      '',
      '.',
      '..',
      '../a',
      'a/../../b',
      '/etc/passwd',
      'a//b',
      'a/',
      '.hidden',
      'a\\b',
      'C:a',
      'a\0b',
      'a b',
      'é',
      'a/b/c/d/e',
      'a'.repeat(101),
    ])('refuses the name %j', async (name) => {
      const store = await open();
      await expect(store.write(name, bytes(1))).rejects.toBeInstanceOf(ArtifactNameError);
      expect(() => store.read(name)).toThrow(ArtifactNameError);
    });
  });
}
