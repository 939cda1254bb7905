import { describe, expect, it } from 'vitest';
import type { LogRecord, LogWriter } from '../log/log.js';
import { CorruptStateError } from '../log/log.js';
import { MemoryLog } from '../log/memory-log.js';
import { ArtifactConflictError } from './artifact-name.js';
import { MemoryArtifactStore } from './memory-artifact-store.js';
import type { Outputs, Processor } from './processor.js';
import { Runner, type RunnerOptions } from './runner.js';

const utf8 = new TextEncoder();
const string = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const owners = { devices: ['samples'], ingest: ['windows', 'ingest-settings'] };

/** Writes down what it takes; `save n` keeps that as an artifact, `back n` goes back to it, `drop n` gives it up. */
class Notebook implements Processor {
  private text = '';

  constructor(private readonly artifacts: MemoryArtifactStore) {}

  process(_topic: string, _partition: number, { value }: LogRecord, outputs: Outputs): void {
    const [word, n] = string(value).split(' ');
    if (word === 'save') outputs.artifact(`page/${n}`, this.snapshot());
    if (word === 'drop') outputs.discard(`page/${n}`);
    if (word === 'back') this.text = string(this.artifacts.read(`page/${n}`) ?? utf8.encode('lost'));
    this.text += `${string(value)}.`;
    outputs.emit('windows', '', this.snapshot());
  }

  snapshot(): Uint8Array {
    return utf8.encode(this.text);
  }

  restore(state: Uint8Array): void {
    this.text = string(state);
  }
}

const RECORDS = ['one', 'save 1', 'two', 'back 1', 'drop 1', 'three', 'save 2', 'four', 'back 2'];
const NEVER = new AbortController().signal;

/** As of a log that has lost what it stored of a state. */
const damaged =
  (log: MemoryLog) =>
  (writer: LogWriter): LogWriter => ({
    ...writer,
    runnerState: async (name) => ({
      ...(await writer.runnerState(name)),
      ...{ snapshot: null, replay: await log.steps('ingest', name, 0, Infinity), isDamaged: true },
    }),
  });

async function start(
  log: MemoryLog,
  artifacts: MemoryArtifactStore,
  wrap: (writer: LogWriter) => LogWriter = (writer) => writer,
  settings?: RunnerOptions['settings'],
  repeated?: RunnerOptions['repeated'],
) {
  const processor = new Notebook(artifacts);
  const runner = new Runner({
    ...{ name: 'notebook', log, artifacts, processor, writer: wrap(await log.writer('ingest')) },
    inputs: [{ topic: 'samples', partition: 0 }],
    ...{ maxStepBytes: 8, snapshotEveryBytes: 12, sleep: () => Promise.resolve(), settings, repeated },
  });
  return { runner, processor, recovery: await runner.recover() };
}

/** A runner that has taken all records and died. */
async function lived(settings?: RunnerOptions['settings']) {
  const log = new MemoryLog({ now: () => 0, owners });
  const artifacts = new MemoryArtifactStore();
  const devices = await log.writer('devices');
  const take = async (...values: string[]) => {
    const records = values.map((value) => ({ key: '', value: utf8.encode(value) }));
    await devices.commit({ appends: [{ topic: 'samples', partition: 0, records }] });
  };
  await take(...RECORDS);
  const { runner, processor } = await start(log, artifacts, undefined, settings);
  while (await runner.step());
  return { log, artifacts, devices, take, state: string(processor.snapshot()) };
}

const outputs = async (log: MemoryLog) =>
  (await log.read('windows', 0, 0, Infinity)).map(({ value }) => string(value));

describe('a runner whose stored state is damaged', () => {
  it('executes every step again, with artifacts that were given up since, and says nothing twice', async () => {
    const { log, artifacts, state } = await lived();
    const said = await outputs(log);
    expect(artifacts.names).toEqual(['page/2']);
    const again = await start(log, artifacts, damaged(log));
    expect(again.recovery).toMatchObject({ snapshotBytes: null, isDamaged: true });
    expect(string(again.processor.snapshot())).toBe(state);
    expect(state).toMatch(/^one\.back 1\./);
    expect(await again.runner.step()).toBe(false);
    expect(await outputs(log)).toEqual(said);
    expect(artifacts.names).toEqual(['page/2']);
  });

  it('stores its state anew, with the next step or when there is none', async () => {
    const { log, artifacts, take } = await lived();
    const stored = async () => string((await log.runnerState('ingest', 'notebook')).snapshot!.state);
    const stop = new AbortController();
    const { steps } = await log.runnerState('ingest', 'notebook');
    const first = await start(log, artifacts, damaged(log));
    setTimeout(() => stop.abort(), 0);
    await first.runner.run(stop.signal);
    expect((await log.runnerState('ingest', 'notebook')).snapshot?.step).toBe(steps + 1);
    expect(await stored()).toBe(string(first.processor.snapshot()));
    const second = await start(log, artifacts, damaged(log));
    await take('x');
    await second.runner.step(NEVER);
    expect(await stored()).toMatch(/\.x\.$/);
  });

  it('is refused where records that it took are gone', async () => {
    const { log, artifacts, devices } = await lived();
    await devices.trim('samples', 0, 1);
    await expect(start(log, artifacts, damaged(log))).rejects.toEqual(
      new CorruptStateError('notebook', 'snapshot'),
    );
  });

  it('is refused where its settings have changed since its first step', async () => {
    const of = (mark: string) => ({ topic: 'ingest-settings', values: { mark }, changeable: ['mark'] });
    const { log, artifacts } = await lived(of('old'));
    const stop = new AbortController();
    stop.abort();
    await (await start(log, artifacts, undefined, of('old'))).runner.run(stop.signal);
    expect((await start(log, artifacts, damaged(log), of('old'))).recovery.isDamaged).toBe(true);
    await start(log, artifacts, undefined, of('new'));
    await expect(start(log, artifacts, damaged(log), of('new'))).rejects.toEqual(
      new CorruptStateError('notebook', 'snapshot'),
    );
  });

  it('is refused where an artifact that it made is not what it makes now', async () => {
    const { log, artifacts } = await lived();
    await artifacts.remove('page/2');
    await artifacts.write('page/2', utf8.encode('damaged'));
    await expect(start(log, artifacts, damaged(log))).rejects.toBeInstanceOf(ArtifactConflictError);
  });
});

describe('steps executed again', () => {
  /** As of a log that no state was stored in yet. */
  const unstored =
    (log: MemoryLog) =>
    (writer: LogWriter): LogWriter => ({
      ...writer,
      runnerState: async (name) => ({
        ...(await writer.runnerState(name)),
        ...{ snapshot: null, replay: await log.steps('ingest', name, 0, Infinity) },
      }),
    });

  it('are told of where they say something else than what stands, as an artifact has changed', async () => {
    const { log, artifacts } = await lived();
    const said = await outputs(log);
    const again = async (page: string) => {
      const found: unknown[] = [];
      await artifacts.remove('page/1');
      await artifacts.write('page/1', utf8.encode(page));
      await start(log, artifacts, unstored(log), undefined, {
        topic: 'windows',
        onDifference: ({ topic, offset, stored, computed }) =>
          found.push([topic, offset, string(stored), string(computed)]),
      });
      return found;
    };
    expect(await again('one.')).toEqual([]);
    expect(await again('won.')).toEqual([['windows', 3, 'one.back 1.', 'won.back 1.']]);
    expect(await outputs(log)).toEqual(said);
  });
});
