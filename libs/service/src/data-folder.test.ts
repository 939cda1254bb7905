import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DataFolderError, openDataFolder } from './data-folder.js';

const root = mkdtempSync(join(tmpdir(), 'hark-data-folder-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('openDataFolder', () => {
  it('makes the folder, and those that it lies in', async () => {
    const path = join(root, 'a', 'b');
    const { log } = openDataFolder(path);
    expect(existsSync(join(path, 'log', 'epoch'))).toBe(true);
    await log.close();
    await openDataFolder(path).log.close();
  });

  it.skipIf(process.platform !== 'linux')('says at once where none can be made', () => {
    expect(() => openDataFolder('/proc/nope')).toThrow(DataFolderError);
    expect(() => openDataFolder('/proc/nope')).toThrow(
      'HARK_DATA="/proc/nope": no folder can be made there (ENOENT); name one that this user may write to',
    );
  });

  it('says so where a file is in the way', () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    expect(() => openDataFolder(file)).toThrow('no folder can be made there (ENOTDIR)');
  });
});
