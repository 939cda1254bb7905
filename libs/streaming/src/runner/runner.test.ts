import { describe, expect, it } from 'vitest';
import type { Commit, LogReader, LogRecord, LogWriter } from '../log/log.js';
import { FencedError, LogFullError } from '../log/log.js';
import { MemoryLog } from '../log/memory-log.js';
import { MemoryArtifactStore } from './memory-artifact-store.js';
import { StateFormatError, type Outputs, type Processor } from './processor.js';
import { Runner, type RunnerOptions, type StepReport } from './runner.js';
import { LostInputError, ProcessorError } from './step.js';

const utf8 = new TextEncoder();
const string = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Emits for each record a digest of all records so far, over all topics in the order that it took them. */
class Digest implements Processor {
  private digest = 0;
  private count = 0;

  process(topic: string, _partition: number, record: LogRecord, outputs: Outputs): void {
    if (string(record.value) === 'poison') throw new Error('cannot digest this');
    for (const byte of [...utf8.encode(topic), ...record.value])
      this.digest = (Math.imul(this.digest, 31) + byte) >>> 0;
    this.count++;
    outputs.emit('windows', record.key, utf8.encode(`${topic} ${record.offset} ${this.digest}`));
    if (this.count % 3 === 0) {
      outputs.artifact(`models/v${this.count}.state`, this.snapshot());
      outputs.emit('dead-letter', '', utf8.encode(`v${this.count}`));
    }
  }

  snapshot(): Uint8Array {
    return utf8.encode(`1 ${this.digest} ${this.count}`);
  }

  restore(state: Uint8Array): void {
    const [version, digest, count] = string(state).split(' ').map(Number);
    if (version !== 1) throw new StateFormatError(`state of version ${version}`);
    this.digest = digest;
    this.count = count;
  }
}

/** The runner writes as `ingest`; what it reads comes from two other apps. */
const owners = { devices: ['samples'], gateway: ['commands'], ingest: ['windows', 'dead-letter'] };

async function logOf(contents: {
  readonly samples?: string[];
  readonly commands?: string[];
}): Promise<MemoryLog> {
  const log = new MemoryLog({ now: () => 0, owners });
  for (const [topic, values] of Object.entries(contents)) await append(log, topic, values);
  return log;
}

async function append(log: MemoryLog, topic: string, values: readonly string[]): Promise<void> {
  const writer = await log.writer(topic === 'samples' ? 'devices' : 'gateway');
  const records = values.map((value) => ({ key: `k${value.length}`, value: utf8.encode(value) }));
  await writer.commit({ appends: [{ topic, partition: 0, records }] });
}

async function outputsOf(log: LogReader): Promise<string[]> {
  const windows = await log.read('windows', 0, 0, 1 << 30);
  const letters = await log.read('dead-letter', 0, 0, 1 << 30);
  return [...windows, ...letters].map(({ key, value }) => `${key}: ${string(value)}`);
}

type Overrides = Partial<RunnerOptions> & { readonly wrap?: (writer: LogWriter) => LogWriter };

/** A runner that has recovered, as a process that has just started. */
async function start(log: MemoryLog, { wrap, ...overrides }: Overrides = {}) {
  const processor = new Digest();
  const artifacts = new MemoryArtifactStore();
  const writer = await log.writer('ingest');
  const runner = new Runner({
    name: 'digest',
    log,
    writer: wrap?.(writer) ?? writer,
    artifacts,
    processor,
    inputs: [
      { topic: 'commands', partition: 0 },
      { topic: 'samples', partition: 0 },
    ],
    maxStepBytes: 8,
    snapshotEveryBytes: 20,
    sleep: () => Promise.resolve(),
    ...overrides,
  });
  const recovery = await runner.recover();
  return { runner, processor, artifacts, recovery };
}

async function drain(runner: Runner): Promise<void> {
  while (await runner.step());
}

const SAMPLES = Array.from({ length: 23 }, (_, i) => 'abcdefgh'.slice(0, 1 + (i % 8)));
const COMMANDS = ['stop', 'go', 'rollback'];

class Crash extends Error {}

/** Dies at a commit: before it took effect, or after. */
const crashAt =
  (commitNumber: number, when: 'before' | 'after') =>
  (writer: LogWriter): LogWriter => {
    let commits = 0;
    return {
      ...writer,
      commit: async (commit) => {
        const crash = ++commits === commitNumber;
        if (crash && when === 'before') throw new Crash();
        const result = await writer.commit(commit);
        if (crash) throw new Crash();
        return result;
      },
    };
  };

describe('a runner', () => {
  it('commits what the processor emitted, by topic in the order of emission, with its artifacts', async () => {
    const log = await logOf({ samples: ['a', 'b', 'c'] });
    const { runner, artifacts } = await start(log);
    await drain(runner);
    expect(await outputsOf(log)).toEqual(expectedOutputs([['samples', ['a', 'b', 'c']]]));
    expect(artifacts.names).toEqual(['models/v3.state']);
  });

  it('removes a discarded artifact once the state is stored, and not before', async () => {
    const log = await logOf({ samples: ['keep', 'drop', 'next'] });
    const processor: Processor = {
      process: (_topic, _partition, { value }, outputs) => {
        if (string(value) === 'keep') outputs.artifact('old', utf8.encode('old'));
        if (string(value) === 'drop') outputs.discard('old');
      },
      snapshot: () => new Uint8Array(0),
      restore: () => undefined,
    };
    const artifacts = new MemoryArtifactStore();
    const first = await start(log, { processor, artifacts, maxStepBytes: 4, snapshotEveryBytes: 100 });
    await drain(first.runner);
    expect(artifacts.names).toEqual(['old']);
    // The step that discarded it is executed again after a crash, and counts again.
    const second = await start(log, { processor, artifacts, maxStepBytes: 4, snapshotEveryBytes: 16 });
    await append(log, 'samples', ['last']);
    await drain(second.runner);
    expect(artifacts.names).toEqual([]);
  });

  it('takes from the first input before the second, and cuts a step at maxStepBytes', async () => {
    const log = await logOf({ samples: ['aaaa', 'bbbb', 'cccc'], commands: ['xx', 'yy'] });
    const steps: StepReport[] = [];
    const { runner } = await start(log, { onStep: (step) => steps.push(step) });
    await drain(runner);
    expect(steps.map(({ inputs }) => inputs.map(({ topic, from, to }) => `${topic} ${from}-${to}`))).toEqual([
      ['commands 0-2', 'samples 0-1'],
      ['samples 1-3'],
    ]);
    expect(steps.map(({ records, bytes, emitted }) => [records, bytes, emitted])).toEqual([
      [3, 8, 4],
      [2, 8, 2],
    ]);
  });

  it('tells the processor where a step ends, and cuts the steps executed again as they were', async () => {
    const samples = ['aa', 'bb', 'cc', 'dd', 'ee'];
    const log = await logOf({ samples });
    const summing = (): Processor & { sums: string[] } => {
      let sum = '';
      const sums: string[] = [];
      return {
        sums,
        process: (_topic, _partition, { value }) => void (sum += string(value)),
        endStep: (outputs) => {
          sums.push(sum);
          outputs.emit('windows', '', utf8.encode(sum));
          sum = '';
        },
        snapshot: () => new Uint8Array(0),
        restore: () => undefined,
      };
    };
    const first = summing();
    const { runner } = await start(log, { processor: first, maxStepBytes: 4, snapshotEveryBytes: 100 });
    await drain(runner);
    expect(first.sums).toEqual(['aabb', 'ccdd', 'ee']);
    expect(await outputsOf(log)).toEqual([': aabb', ': ccdd', ': ee']);
    const second = summing();
    await start(log, { processor: second, maxStepBytes: 1000, snapshotEveryBytes: 100 });
    expect(second.sums).toEqual(['aabb', 'ccdd', 'ee']);
    expect(await outputsOf(log)).toHaveLength(3);
  });

  it('names the last record of a step at whose end the processor threw', async () => {
    const log = await logOf({ samples: ['a', 'b'] });
    const processor: Processor = {
      process: () => undefined,
      endStep: () => {
        throw new Error('cannot sum this');
      },
      snapshot: () => new Uint8Array(0),
      restore: () => undefined,
    };
    const { runner } = await start(log, { processor });
    const failure = await runner.step().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ProcessorError);
    expect(failure).toMatchObject({ topic: 'samples', offset: 1 });
  });

  it.each(['before', 'after'] as const)(
    'ends with the same outputs whichever commit it dies at, %s the commit took effect',
    async (when) => {
      const whole = await logOf({ samples: SAMPLES, commands: COMMANDS });
      let commits = 0;
      await drain((await start(whole, { onStep: () => commits++ })).runner);
      const expected = await outputsOf(whole);
      expect(commits).toBe(10);
      for (let n = 1; n <= commits; n++) {
        const log = await logOf({ samples: SAMPLES, commands: COMMANDS });
        const first = await start(log, { wrap: crashAt(n, when) });
        await expect(drain(first.runner)).rejects.toBeInstanceOf(Crash);
        await drain((await start(log)).runner);
        expect(await outputsOf(log)).toEqual(expected);
      }
    },
  );

  it('ends with the same outputs when it dies at every commit once, again and again', async () => {
    const whole = await logOf({ samples: SAMPLES, commands: COMMANDS });
    await drain((await start(whole)).runner);
    const log = await logOf({ samples: SAMPLES, commands: COMMANDS });
    for (let lives = 0; lives < 100; lives++) {
      const { runner } = await start(log, { wrap: crashAt(2, lives % 2 === 0 ? 'before' : 'after') });
      try {
        await drain(runner);
        break;
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
      }
    }
    expect(await outputsOf(log)).toEqual(await outputsOf(whole));
  });

  it('would not: outputs committed without their positions come twice, and the comparison shows it', async () => {
    const whole = await logOf({ samples: SAMPLES });
    await drain((await start(whole)).runner);
    const log = await logOf({ samples: SAMPLES });
    const torn = (writer: LogWriter): LogWriter => ({
      ...writer,
      commit: async ({ appends }: Commit) => {
        await writer.commit({ appends });
        throw new Crash();
      },
    });
    await expect(drain((await start(log, { wrap: torn })).runner)).rejects.toBeInstanceOf(Crash);
    await drain((await start(log)).runner);
    expect(await outputsOf(log)).not.toEqual(await outputsOf(whole));
  });

  it('emits the same however the records of a topic are cut into steps', async () => {
    const outputs = [];
    for (const maxStepBytes of [1, 3, 8, 50, 1000]) {
      const log = await logOf({ samples: SAMPLES });
      await drain((await start(log, { maxStepBytes })).runner);
      outputs.push(await outputsOf(log));
    }
    expect(outputs[0]).toEqual(expectedOutputs([['samples', SAMPLES]]));
    for (const other of outputs) expect(other).toEqual(outputs[0]);
  });

  describe('recovering', () => {
    /** Samples first, then a command, then samples: the opposite of the priority of the inputs. */
    async function interleaved(overrides: Overrides = {}) {
      const log = await logOf({});
      const live = await start(log, { snapshotEveryBytes: 1 << 30, ...overrides });
      for (const [topic, value] of [
        ['samples', 'one'],
        ['commands', 'two'],
        ['samples', 'three'],
        ['commands', 'four'],
      ]) {
        await append(log, topic, [value]);
        await drain(live.runner);
      }
      return { log, live };
    }

    it('takes two topics again in the order in which they were taken first, and emits nothing', async () => {
      const { log, live } = await interleaved();
      const before = await outputsOf(log);
      const again = await start(log);
      expect(again.recovery).toMatchObject({ snapshotBytes: null, steps: 4, bytes: 15, isDamaged: false });
      expect(string(again.processor.snapshot())).toBe(string(live.processor.snapshot()));
      expect(await again.runner.step()).toBe(false);
      expect(await outputsOf(log)).toEqual(before);
      expect(again.artifacts.names).toEqual([]);
    });

    it('would not come to the same state in another order, and the comparison shows it', async () => {
      const swapped = (writer: LogWriter): LogWriter => ({
        ...writer,
        runnerState: async (name) => {
          const state = await writer.runnerState(name);
          return { ...state, replay: [...state.replay].reverse() };
        },
      });
      const { log, live } = await interleaved();
      const again = await start(log, { wrap: swapped });
      expect(string(again.processor.snapshot())).not.toBe(string(live.processor.snapshot()));
    });

    it('restores the last snapshot and takes again only what came after it', async () => {
      const { log, live } = await interleaved({ snapshotEveryBytes: 11 });
      const again = await start(log);
      expect(again.recovery).toMatchObject({
        snapshotBytes: expect.any(Number) as number,
        steps: 1,
        bytes: 4,
      });
      expect(string(again.processor.snapshot())).toBe(string(live.processor.snapshot()));
    });

    it('reads each record from the log once, however small the steps were', async () => {
      const log = await logOf({ samples: SAMPLES });
      const small = { maxStepBytes: 1, snapshotEveryBytes: 1 << 20 };
      await drain((await start(log, small)).runner);
      let read = 0;
      const counting = Object.create(log) as LogReader;
      counting.read = async (...where) => {
        const records = await log.read(...where);
        read += records.length;
        return records;
      };
      const { recovery } = await start(log, { ...small, log: counting });
      expect(recovery.steps).toBe(23);
      expect(read).toBe(23);
    });

    it('refuses a snapshot of another version', async () => {
      const log = await logOf({ samples: ['a'] });
      const writer = await log.writer('ingest');
      const inputs = [{ topic: 'samples', partition: 0, from: 0, to: 1 }];
      await writer.commit({
        appends: [],
        step: { runner: 'digest', inputs },
        snapshot: utf8.encode('2 0 0'),
      });
      await expect(start(log)).rejects.toBeInstanceOf(StateFormatError);
    });

    it('says so when a record that a step took is not there', async () => {
      const log = await logOf({ samples: ['a'] });
      const writer = await log.writer('ingest');
      const inputs = [{ topic: 'samples', partition: 0, from: 0, to: 2 }];
      await writer.commit({ appends: [], step: { runner: 'digest', inputs } });
      await expect(start(log)).rejects.toEqual(new LostInputError('samples', 0, 1));
    });
  });

  it('names the record at which the processor threw, and commits nothing of that step or later', async () => {
    const log = await logOf({ samples: ['aaaaaaaa', 'b', 'poison', 'c'] });
    const { runner } = await start(log);
    const failed = await drain(runner).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ProcessorError);
    expect(failed).toMatchObject({ code: 'processor', topic: 'samples', partition: 0, offset: 2 });
    expect((failed as Error).message).toBe('digest failed at record 2 of samples/0: cannot digest this');
    await expect(runner.step()).rejects.toBe(failed);
    expect(await log.end('windows', 0)).toBe(1);
  });

  it('commits the same step again, without executing it again, until the full disk has room', async () => {
    const whole = await logOf({ samples: SAMPLES });
    await drain((await start(whole)).runner);
    const log = await logOf({ samples: SAMPLES });
    let attempts = 0;
    const pauses: number[] = [];
    const full = (writer: LogWriter): LogWriter => ({
      ...writer,
      commit: (commit) =>
        ++attempts % 8 === 0 ? writer.commit(commit) : Promise.reject(new LogFullError('no room')),
    });
    const sleep = (pause: number) => Promise.resolve(void pauses.push(pause));
    const { runner, artifacts } = await start(log, { wrap: full, sleep });
    await drain(runner);
    expect(await outputsOf(log)).toEqual(await outputsOf(whole));
    expect(pauses.slice(0, 8)).toEqual([50, 100, 200, 400, 800, 1600, 2000, 50]);
    expect(artifacts.names.length).toBe(7);
  });

  it('writes an artifact again too when the disk was full, and before the commit that refers to it', async () => {
    const log = await logOf({ samples: ['a', 'b', 'c'] });
    let attempts = 0;
    const store = new MemoryArtifactStore();
    const endsAtWrite: Promise<number>[] = [];
    const { runner } = await start(log, {
      artifacts: {
        write: (name, bytes) => {
          endsAtWrite.push(log.end('dead-letter', 0));
          return ++attempts < 3 ? Promise.reject(new LogFullError('no room')) : store.write(name, bytes);
        },
        read: (name) => store.read(name),
        remove: (name) => store.remove(name),
      },
    });
    await drain(runner);
    expect(store.names).toEqual(['models/v3.state']);
    expect(await Promise.all(endsAtWrite)).toEqual([0, 0, 0]);
    expect(await log.end('dead-letter', 0)).toBe(1);
  });

  it('stops for good when another has taken over', async () => {
    const log = await logOf({ samples: ['aaaaaaaa', 'b'] });
    const { runner } = await start(log);
    await runner.step();
    await log.writer('ingest');
    await expect(runner.step()).rejects.toBeInstanceOf(FencedError);
    await expect(runner.step()).rejects.toBeInstanceOf(FencedError);
    expect(await log.end('windows', 0)).toBe(1);
  });

  it('runs until it is told to stop, taking what comes meanwhile', async () => {
    const log = await logOf({ samples: ['a'] });
    const stop = new AbortController();
    const { runner } = await start(log, {
      onStep: () => void log.end('windows', 0).then((end) => end === 3 && stop.abort()),
    });
    const running = runner.run(stop.signal);
    await append(log, 'samples', ['b']);
    await new Promise((resolve) => setTimeout(resolve, 1));
    await append(log, 'commands', ['c']);
    await running;
    expect((await outputsOf(log)).length).toBe(4);
  });

  it('goes on with a step while the one before is being committed, up to its longest', async () => {
    const log = await logOf({ samples: Array.from({ length: 9 }, () => 'ssss') });
    const stop = new AbortController();
    const steps: StepReport[] = [];
    // The first commit takes as long as ten pauses of the second step.
    let pauses = 0;
    const { runner, processor } = await start(log, {
      maxLongStepBytes: 24,
      snapshotEveryBytes: 1000,
      wrap: (writer) => ({
        ...writer,
        commit: async (commit) => {
          if (pauses === 0) for (let turn = 0; turn < 100 && pauses < 10; turn++) await Promise.resolve();
          return writer.commit(commit);
        },
      }),
      sleep: () => Promise.resolve(void pauses++),
      onStep: (step) => steps.push(step) === 3 && stop.abort(),
    });
    await runner.run(stop.signal);
    expect(steps.map(({ inputs }) => inputs.map(({ from, to }) => `${from}-${to}`).join())).toEqual([
      '0-2',
      '2-8',
      '8-9',
    ]);
    expect(await outputsOf(log)).toHaveLength(12);
    // Executed again, it is cut as it was.
    const again = await start(log);
    expect(again.processor.snapshot()).toEqual(processor.snapshot());
  });

  it('stores the state when it is told to stop, so that the next start executes nothing again', async () => {
    const log = await logOf({ samples: SAMPLES });
    const stop = new AbortController();
    let records = 0;
    const { runner, processor } = await start(log, {
      snapshotEveryBytes: 1 << 20,
      onStep: (step) => (records += step.records) === SAMPLES.length && stop.abort(),
    });
    await runner.run(stop.signal);
    const again = await start(log);
    expect(again.recovery).toMatchObject({ steps: 0, bytes: 0 });
    expect(again.processor.snapshot()).toEqual(processor.snapshot());
    // Nothing was taken since: there is nothing to store.
    const before = await log.steps('ingest', 'digest', 0, 1000);
    await again.runner.run(stop.signal);
    expect(await log.steps('ingest', 'digest', 0, 1000)).toEqual(before);
    expect(before.at(-1)).toEqual([]);
  });

  it('stores a large state no more often than twice as much input as it takes has come', async () => {
    const log = await logOf({ samples: Array.from({ length: 20 }, () => 'x') });
    const steps: StepReport[] = [];
    const processor: Processor = {
      process: () => undefined,
      snapshot: () => new Uint8Array(4),
      restore: () => undefined,
    };
    const often = { processor, maxStepBytes: 1, snapshotEveryBytes: 2 };
    const { runner } = await start(log, { ...often, onStep: (step) => steps.push(step) });
    for (let i = 0; i < 7; i++) await runner.step();
    const again = await start(log, { ...often, onStep: (step) => steps.push(step) });
    await drain(again.runner);
    expect(steps.flatMap(({ snapshot }, i) => (snapshot ? [i + 1] : []))).toEqual([2, 10, 18]);
  });

  it('removes what was given up when it stores the state at a stop', async () => {
    const log = await logOf({ samples: ['a'] });
    const artifacts = new MemoryArtifactStore();
    await artifacts.write('models/v1.state', new Uint8Array(1));
    const stop = new AbortController();
    const processor: Processor = {
      process: (_topic, _partition, _record, outputs) => outputs.discard('models/v1.state'),
      snapshot: () => new Uint8Array(0),
      restore: () => undefined,
    };
    const { runner } = await start(log, { artifacts, processor, onStep: () => stop.abort() });
    await runner.run(stop.signal);
    expect(artifacts.names).toEqual([]);
  });

  it('emits the same when it runs, one step ahead of its commits, as step by step', async () => {
    const whole = await logOf({ samples: SAMPLES, commands: COMMANDS });
    await drain((await start(whole)).runner);
    const log = await logOf({ samples: SAMPLES, commands: COMMANDS });
    const stop = new AbortController();
    const slow = (writer: LogWriter): LogWriter => ({
      ...writer,
      commit: async (commit) => {
        await new Promise((resolve) => setImmediate(resolve));
        return writer.commit(commit);
      },
    });
    const all = SAMPLES.length + COMMANDS.length;
    let records = 0;
    const { runner } = await start(log, {
      wrap: slow,
      onStep: (step) => (records += step.records) === all && stop.abort(),
    });
    await runner.run(stop.signal);
    expect(await outputsOf(log)).toEqual(await outputsOf(whole));
  });

  it('commits no step before the one before it stands, when a full disk makes that one wait', async () => {
    const whole = await logOf({ samples: SAMPLES });
    await drain((await start(whole)).runner);
    const log = await logOf({ samples: SAMPLES });
    const stop = new AbortController();
    let attempts = 0;
    const full = (writer: LogWriter): LogWriter => ({
      ...writer,
      commit: (commit) =>
        ++attempts % 3 === 0 ? writer.commit(commit) : Promise.reject(new LogFullError('no room')),
    });
    let records = 0;
    const { runner } = await start(log, {
      wrap: full,
      sleep: () => new Promise((resolve) => setImmediate(resolve)),
      onStep: (step) => (records += step.records) === SAMPLES.length && stop.abort(),
    });
    await runner.run(stop.signal);
    expect(await outputsOf(log)).toEqual(await outputsOf(whole));
  });

  it('rests after each step when told to, and not while there is nothing to read', async () => {
    const log = await logOf({ samples: SAMPLES });
    const stop = new AbortController();
    const rests: number[] = [];
    let steps = 0;
    let records = 0;
    const { runner } = await start(log, {
      restMs: 25,
      sleep: (milliseconds) => Promise.resolve(void rests.push(milliseconds)),
      onStep: (step) => {
        steps++;
        if ((records += step.records) === SAMPLES.length) setImmediate(() => stop.abort());
      },
    });
    await runner.run(stop.signal);
    expect(steps).toBeGreaterThan(1);
    expect(rests).toEqual(Array.from({ length: steps }, () => 25));
  });

  it('commits nothing behind a commit that failed, though it was a step ahead', async () => {
    const log = await logOf({ samples: SAMPLES });
    const stop = new AbortController();
    const crash = (writer: LogWriter): LogWriter => {
      const crashing = crashAt(2, 'before')(writer);
      return {
        ...writer,
        commit: async (commit) => {
          await new Promise((resolve) => setImmediate(resolve));
          return crashing.commit(commit);
        },
      };
    };
    const steps: StepReport[] = [];
    const { runner } = await start(log, { wrap: crash, onStep: (step) => steps.push(step) });
    await expect(runner.run(stop.signal)).rejects.toBeInstanceOf(Crash);
    await new Promise((resolve) => setImmediate(resolve));
    expect(steps.length).toBe(1);
    expect(await log.end('windows', 0)).toBe(steps[0].records);
  });

  it('ends in peace when it is told to stop while the disk is full, and nothing of the step stands', async () => {
    const log = await logOf({ samples: ['a'] });
    const stop = new AbortController();
    const full = (writer: LogWriter): LogWriter => ({
      ...writer,
      commit: () => Promise.reject(new LogFullError('no room')),
    });
    const { runner } = await start(log, { wrap: full, onFull: () => stop.abort() });
    await runner.run(stop.signal);
    expect(await outputsOf(log)).toEqual([]);
  });

  it('begins with the first record kept where it has not read at all', async () => {
    const log = await logOf({ samples: ['aaaa', 'bbbb', 'cccc'] });
    await (await log.writer('devices')).trim('samples', 0, 2);
    const { runner } = await start(log);
    await drain(runner);
    const [inputs] = await log.steps('ingest', 'digest', 0, 1);
    expect(inputs).toEqual([{ topic: 'samples', partition: 0, from: 2, to: 3 }]);
    // What it began with is not needed again.
    expect((await log.runnerState('ingest', 'digest')).snapshot?.step).toBe(1);
  });

  it('begins with the first record kept also when the log is trimmed while it reads', async () => {
    const log = await logOf({ samples: ['aaaa', 'bbbb', 'cccc'] });
    const devices = await log.writer('devices');
    let trimmed = false;
    const reader = Object.assign(Object.create(log) as LogReader, {
      read: async (...where: Parameters<LogReader['read']>) => {
        if (where[0] === 'samples' && !trimmed) {
          trimmed = true;
          await devices.trim('samples', 0, 2);
        }
        return log.read(...where);
      },
    });
    const { runner } = await start(log, { log: reader });
    await drain(runner);
    expect(await log.steps('ingest', 'digest', 0, 1)).toEqual([
      [{ topic: 'samples', partition: 0, from: 2, to: 3 }],
    ]);
  });

  it('stores its state when it is asked to, with the next step or while there is nothing to read', async () => {
    const log = await logOf({ samples: ['aaaa', 'bbbb'] });
    const steps: StepReport[] = [];
    const { runner } = await start(log, { snapshotEveryBytes: 1000, onStep: (step) => steps.push(step) });
    await runner.step();
    runner.storeStateSoon();
    await append(log, 'samples', ['cccc']);
    await runner.step();
    expect(steps.map(({ snapshot }) => snapshot)).toEqual([false, true]);
    await append(log, 'samples', ['dddd']);
    await runner.step();
    runner.storeStateSoon();
    expect(await runner.step()).toBe(false);
    expect(await log.runnerState('ingest', 'digest')).toMatchObject({ snapshot: { step: 4 }, replay: [] });
  });

  it('stores its state when it is asked to while it waits', async () => {
    const log = await logOf({ samples: ['aaaa'] });
    const stop = new AbortController();
    const { runner } = await start(log, { snapshotEveryBytes: 1000 });
    const running = runner.run(stop.signal);
    const stored = async () => (await log.runnerState('ingest', 'digest')).snapshot?.step;
    for (let turns = 0; (await log.end('windows', 0)) === 0 && turns < 1000; turns++)
      await new Promise((resolve) => setImmediate(resolve));
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect(await stored()).toBe(undefined);
    runner.storeStateSoon();
    for (let turns = 0; (await stored()) === undefined && turns < 1000; turns++)
      await new Promise((resolve) => setImmediate(resolve));
    expect(await stored()).toBe(2);
    stop.abort();
    await running;
  });

  it('says how far it has come and what is left', async () => {
    const log = await logOf({ samples: ['aaaa', 'bbbb', 'cccc'], commands: ['x'] });
    const { runner } = await start(log);
    await runner.step();
    expect(await runner.progress()).toEqual({
      name: 'digest',
      records: 3,
      bytes: 9,
      steps: 1,
      inputs: [
        { topic: 'commands', partition: 0, position: 1, lag: 0 },
        { topic: 'samples', partition: 0, position: 2, lag: 1 },
      ],
    });
  });
});

/** Naive oracle of {@link Digest}. */
function expectedOutputs(taken: readonly (readonly [topic: string, values: readonly string[]])[]): string[] {
  const windows: string[] = [];
  const letters: string[] = [];
  let all = '';
  for (const [topic, values] of taken) {
    values.forEach((value, offset) => {
      all += topic + value;
      let digest = 0n;
      for (const byte of utf8.encode(all)) digest = (digest * 31n + BigInt(byte)) % 4_294_967_296n;
      windows.push(`k${value.length}: ${topic} ${offset} ${digest}`);
      if (windows.length % 3 === 0) letters.push(`: v${windows.length}`);
    });
  }
  return [...windows, ...letters];
}

describe('a runner on a log in which a state follows its step', () => {
  /** A log that keeps states until it is told that they are written. */
  async function following(samples: readonly string[]) {
    const written: (() => void)[] = [];
    const log = new MemoryLog({
      ...{ now: () => 0, owners },
      following: () => new Promise<void>((resolve) => written.push(resolve)),
    });
    await append(log, 'samples', samples);
    return { log, written };
  }

  /** Gives `old` up with its first record. */
  const dropping = (): Processor => {
    let records = 0;
    return {
      process: (_topic, _partition, _record, outputs) => {
        if (records++ === 0) outputs.discard('old');
      },
      snapshot: () => new Uint8Array(1),
      restore: () => undefined,
    };
  };

  async function withOld(): Promise<MemoryArtifactStore> {
    const artifacts = new MemoryArtifactStore();
    await artifacts.write('old', new Uint8Array(1));
    return artifacts;
  }

  const until = async (holds: () => boolean | Promise<boolean>) => {
    for (let turns = 0; !(await holds()) && turns < 1000; turns++)
      await new Promise((resolve) => setImmediate(resolve));
  };
  const stateOf = (log: MemoryLog) => log.runnerState('ingest', 'digest');

  it('hands the next state over once the one before is in effect, as it is due by then', async () => {
    const { log, written } = await following(Array.from({ length: 30 }, () => 'x'));
    const handedOver: number[] = [];
    let steps = 0;
    const { runner } = await start(log, {
      ...{ maxStepBytes: 1, snapshotEveryBytes: 3, processor: dropping() },
      onStep: ({ snapshot }) => ++steps && snapshot && handedOver.push(steps),
    });
    for (let i = 0; i < 9; i++) await runner.step();
    expect(handedOver).toEqual([3]);
    expect(await stateOf(log)).toMatchObject({ snapshot: null, steps: 9 });
    written[0]();
    await until(async () => (await stateOf(log)).snapshot !== null);
    for (let i = 0; i < 5; i++) await runner.step();
    expect(handedOver).toEqual([3, 10]);
    expect((await stateOf(log)).snapshot?.step).toBe(3);
  });

  it('removes what was given up when the state is in effect, and not before', async () => {
    const { log, written } = await following(['drop', 'next', 'last']);
    const artifacts = await withOld();
    const { runner } = await start(log, {
      ...{ processor: dropping(), artifacts, maxStepBytes: 4, snapshotEveryBytes: 4 },
    });
    await drain(runner);
    expect(artifacts.names).toEqual(['old']);
    written[0]();
    await until(() => artifacts.names.length === 0);
    expect(artifacts.names).toEqual([]);
  });

  it('keeps what was given up for the next state where one never takes effect, as of a full disk', async () => {
    const { log } = await following(['drop', 'next', 'last']);
    const artifacts = await withOld();
    let states = 0;
    const noRoom = (writer: LogWriter): LogWriter => ({
      ...writer,
      commit: async ({ snapshot, snapshotMayFollow: _, ...commit }) => {
        if (snapshot === undefined) return writer.commit(commit);
        if (++states > 1) return writer.commit({ ...commit, snapshot });
        return { ...(await writer.commit(commit)), followed: Promise.resolve(false) };
      },
    });
    const { runner } = await start(log, {
      ...{ processor: dropping(), artifacts, maxStepBytes: 4, snapshotEveryBytes: 4, wrap: noRoom },
    });
    await runner.step();
    expect(artifacts.names).toEqual(['old']);
    await drain(runner);
    expect(states).toBe(3);
    expect(artifacts.names).toEqual([]);
  });

  it.each([0, 1, 3, Infinity])(
    'ends with the same outputs whichever commit it dies at, when a state takes effect %d commits later',
    async (later) => {
      const whole = await logOf({ samples: SAMPLES });
      await drain((await start(whole)).runner);
      const expected = await outputsOf(whole);
      for (let n = 1; n <= 12; n++) {
        const { log, written } = await following(SAMPLES);
        const effecting = (writer: LogWriter): LogWriter => {
          let commits = 0;
          const due: number[] = [];
          return {
            ...writer,
            commit: async (commit) => {
              if (due.length > 0 && due[0] <= ++commits) {
                due.shift();
                written.shift()?.();
              }
              if (commit.snapshotMayFollow === true) due.push(commits + later);
              return writer.commit(commit);
            },
          };
        };
        const dying = (writer: LogWriter) => crashAt(n, n % 2 === 0 ? 'before' : 'after')(effecting(writer));
        await drain((await start(log, { wrap: dying })).runner).catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
        });
        const again = await start(log, { wrap: effecting });
        await drain(again.runner);
        expect(await outputsOf(log)).toEqual(expected);
        const third = await start(log);
        expect(string(third.processor.snapshot())).toBe(string(again.processor.snapshot()));
      }
    },
  );

  it('stores the state at once when it is told to stop, whatever is still being written', async () => {
    const { log, written } = await following(SAMPLES);
    const artifacts = await withOld();
    const stop = new AbortController();
    let records = 0;
    const { runner } = await start(log, {
      ...{ processor: dropping(), artifacts },
      onStep: (step) => (records += step.records) === SAMPLES.length && stop.abort(),
    });
    const running = runner.run(stop.signal);
    await until(async () => (await stateOf(log)).snapshot !== null);
    expect(written.length).toBe(1);
    written[0]();
    await running;
    const { snapshot, steps } = await stateOf(log);
    expect(snapshot?.step).toBe(steps);
    expect(artifacts.names).toEqual([]);
  });

  it('stores the state that is asked for meanwhile behind the one under way, also with nothing to read', async () => {
    const { log, written } = await following(['aaaa', 'bbbb', 'cccc']);
    const stop = new AbortController();
    const { runner } = await start(log, { maxStepBytes: 4, snapshotEveryBytes: 4 });
    const running = runner.run(stop.signal);
    await until(async () => (await log.end('windows', 0)) === 3);
    runner.storeStateSoon();
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect(written.length).toBe(1);
    written[0]();
    await until(() => written.length === 2);
    written[1]();
    await until(async () => (await stateOf(log)).replay.length === 0);
    expect(await stateOf(log)).toMatchObject({ snapshot: { step: 4 }, steps: 4 });
    stop.abort();
    await running;
  });

  it('stores the state of its first step with it, where that begins behind what was trimmed', async () => {
    const { log, written } = await following(['a', 'b', 'c']);
    await (await log.writer('devices')).trim('samples', 0, 1);
    const { runner } = await start(log, { snapshotEveryBytes: 1000 });
    await runner.step();
    expect((await stateOf(log)).snapshot?.step).toBe(1);
    expect(written).toEqual([]);
  });
});
