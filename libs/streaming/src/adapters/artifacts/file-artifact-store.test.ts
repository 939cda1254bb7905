import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { describeArtifactStore } from '../../runner/artifact-store.contract.js';
import { FileArtifactStore } from './file-artifact-store.js';

const root = mkdtempSync(join(tmpdir(), 'hark-artifacts-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;
const folder = () => join(root, String(made++), 'not', 'there', 'yet');

describeArtifactStore('FileArtifactStore', () => Promise.resolve(new FileArtifactStore(folder())));

it('keeps an artifact as a file of its name, and leaves nothing else behind', async () => {
  const dir = folder();
  const store = new FileArtifactStore(dir);
  await Promise.all([
    store.write('models/v1.state', new Uint8Array([1, 2, 3])),
    store.write('models/v1.state', new Uint8Array([1, 2, 3])),
    store.write('models/v1.json', new Uint8Array([4])),
  ]);
  expect(readdirSync(join(dir, 'models')).sort()).toEqual(['v1.json', 'v1.state']);
  expect([...readFileSync(join(dir, 'models', 'v1.state'))]).toEqual([1, 2, 3]);
  expect([...(new FileArtifactStore(dir).read('models/v1.state') ?? [])]).toEqual([1, 2, 3]);
});
