import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { open } from 'lmdb';
import { APPS } from '../harness.js';

/** Keys of an app's part of the log, see `libs/streaming/src/adapters/lmdb/keys.ts`. */
const FORMAT_KEY = Buffer.from([0x01]);
const SNAPSHOT = 0x22;
/** A stored value: its version, CRC-32 of payload and key, payload; a snapshot's is its step, then the state. */
const VALUE_HEADER = 5;
const STEP_BYTES = 8;
/** What a state in JSON begins with. */
const BRACE = '{'.charCodeAt(0);

async function within<T>(
  dataFolder: string,
  app: string,
  work: (store: ReturnType<typeof open<Buffer, Buffer>>) => Promise<T>,
): Promise<T> {
  const path = join(dataFolder, 'log', app);
  const store = open<Buffer, Buffer>({ path, encoding: 'binary', keyEncoding: 'binary' });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** The runners of an app that have a stored state. */
export async function storedStates(dataFolder: string, app: string): Promise<string[]> {
  return within(dataFolder, app, async (store) =>
    [...store.getKeys({ start: Buffer.from([SNAPSHOT]), end: Buffer.from([SNAPSHOT + 1]) })].map((key) =>
      key.toString('utf8', 1, key.length - 1),
    ),
  );
}

/** Every format that a data folder holds, with its version: of the log, of states, of versions of the model. */
export async function storedFormats(dataFolder: string): Promise<string[]> {
  const formats = new Set<string>();
  for (const app of APPS) {
    await within(dataFolder, app, async (store) => {
      formats.add(`log ${store.get(FORMAT_KEY)?.readUInt32BE(4)}`);
      const keys = { start: Buffer.from([SNAPSHOT]), end: Buffer.from([SNAPSHOT + 1]) };
      for (const { key, value } of store.getRange(keys)) {
        const runner = key.toString('utf8', 1, key.length - 1);
        formats.add(formatOf(runner, value.subarray(VALUE_HEADER + STEP_BYTES)));
      }
    });
  }
  const models = join(dataFolder, 'artifacts/models');
  for (const name of readdirSync(models)) formats.add(formatOf(name, readFileSync(join(models, name))));
  return [...formats].sort();
}

function formatOf(name: string, state: Buffer): string {
  if (state[0] === BRACE) return `${name} ${(JSON.parse(state.toString()) as { version: number }).version}`;
  const at = 4 + state.readUInt32LE(0);
  return `${state.toString('utf8', 4, at)} ${state.readUInt32LE(at)}`;
}

/** Has an app's part of the log say that it is of another format version. */
export async function alterLogFormat(dataFolder: string, app: string, version: number): Promise<void> {
  const value = Buffer.alloc(8);
  value.writeUInt32BE(version, 4);
  await within(dataFolder, app, (store) => store.put(FORMAT_KEY, value));
}

/** Has the stored state of a runner say that it is of another version; its checksums fit. */
export async function alterStateVersion(
  dataFolder: string,
  app: string,
  runner: string,
  by: 1 | -1,
): Promise<void> {
  const key = Buffer.concat([Buffer.from([SNAPSHOT]), Buffer.from(runner), Buffer.from([0])]);
  await within(dataFolder, app, async (store) => {
    const value = Buffer.from(store.get(key) ?? []);
    const at = VALUE_HEADER + STEP_BYTES;
    const state = altered(value.subarray(at), by);
    const payload = Buffer.concat([value.subarray(VALUE_HEADER, at), state]);
    const header = Buffer.from(value.subarray(0, VALUE_HEADER));
    header.writeUInt32LE(crc32(key, crc32(payload)), 1);
    await store.put(key, Buffer.concat([header, payload]));
  });
}

/** A state is JSON with a `version`, or begins with its format's name and version, and ends with a CRC-32. */
function altered(state: Buffer, by: number): Buffer {
  if (state[0] === BRACE) {
    const json = JSON.parse(state.toString()) as { version: number };
    return Buffer.from(JSON.stringify({ ...json, version: json.version + by }));
  }
  const copy = Buffer.from(state);
  const at = 4 + copy.readUInt32LE(0);
  copy.writeUInt32LE(copy.readUInt32LE(at) + by, at);
  copy.writeUInt32LE(crc32(copy.subarray(0, copy.length - 4)), copy.length - 4);
  return copy;
}
