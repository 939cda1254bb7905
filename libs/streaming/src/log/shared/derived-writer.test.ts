import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryArtifactStore } from '../../runner/memory-artifact-store.js';
import type { Processor } from '../../runner/processor.js';
import { Runner } from '../../runner/runner.js';
import type { LogRecord, LogWriter } from '../log.js';
import { MemoryLog } from '../memory-log.js';
import { DerivedWriter } from './derived-writer.js';
import { TurnWriter } from './turn-writer.js';

const OWNERS = { source: ['a', 'b'], gateway: ['said'] };
const text = { encoder: new TextEncoder(), decoder: new TextDecoder() };

/** Keeps every record taken, by topic, in the order taken: one taken twice or left out shows. */
class Listed implements Processor {
  lists: Record<string, string[]> = { a: [], b: [] };

  process(topic: string, _partition: number, { value }: LogRecord): void {
    this.lists[topic].push(text.decoder.decode(value));
  }

  snapshot(): Uint8Array {
    return text.encoder.encode(JSON.stringify(this.lists));
  }

  restore(bytes: Uint8Array): void {
    this.lists = JSON.parse(text.decoder.decode(bytes)) as Record<string, string[]>;
  }
}

/** A log with two topics to read, and as many processes of an app as are asked for. */
async function world(snapshotEveryBytes = 8) {
  const log = new MemoryLog({ now: () => 0, owners: OWNERS });
  const source = await log.writer('source');
  const written: Record<string, string[]> = { a: [], b: [] };

  async function started() {
    const writer = new DerivedWriter((runner) => log.runnerState('gateway', runner));
    const listed = new Listed();
    const runner = new Runner({
      ...{ name: 'lists', log, writer, artifacts: new MemoryArtifactStore(), processor: listed },
      inputs: ['a', 'b'].map((topic) => ({ topic, partition: 0 })),
      ...{ maxStepBytes: 6, snapshotEveryBytes, sleep: () => Promise.resolve() },
    });
    await runner.recover();
    return { writer, listed, step: () => runner.step(), begin: async () => writer.begin(await opened()) };
  }
  const opened = (): Promise<LogWriter> => log.writer('gateway');
  return {
    log,
    written,
    started,
    write: async (topic: string, count: number) => {
      const values = Array.from({ length: count }, (_, i) => `${topic}${written[topic].length + i}`);
      written[topic].push(...values);
      const records = values.map((value) => ({ key: '', value: text.encoder.encode(value) }));
      await source.commit({ appends: [{ topic, partition: 0, records }] });
    },
  };
}

async function drain(process: { step: () => Promise<boolean> }): Promise<void> {
  while (await process.step());
}

describe('a state that every process derives', () => {
  it('is written by nobody before it is somebody’s turn', async () => {
    const { log, write, written, started } = await world();
    const process = await started();
    await write('a', 5);
    await drain(process);
    expect(process.listed.lists).toEqual(written);
    expect((await log.runnerState('gateway', 'lists')).steps).toBe(0);
  });

  it('is restored from what the process whose turn it is has stored', async () => {
    const { log, write, written, started } = await world();
    const first = await started();
    await first.begin();
    await write('a', 9);
    await drain(first);
    const { snapshot, positions } = await log.runnerState('gateway', 'lists');
    expect(snapshot).not.toBe(null);
    expect(positions.get('a/0')).toBe(9);
    const second = await started();
    expect(second.listed.lists).toEqual(written);
    await write('b', 2);
    await drain(second);
    expect(second.listed.lists).toEqual(written);
  });

  it('goes on in the journal where that ends, from a process that is ahead of it', async () => {
    const { log, write, written, started } = await world();
    const first = await started();
    const second = await started();
    await first.begin();
    await write('a', 1);
    await drain(first);
    await write('a', 4);
    await drain(second);
    await second.begin();
    await write('a', 1);
    await drain(second);
    expect((await log.runnerState('gateway', 'lists')).positions.get('a/0')).toBe(6);
    expect((await started()).listed.lists).toEqual(written);
  });

  it('stores nothing from a process that is behind the journal', async () => {
    const { log, write, written, started } = await world(1);
    const first = await started();
    const second = await started();
    await first.begin();
    await write('a', 9);
    await drain(first);
    const before = await log.runnerState('gateway', 'lists');
    await second.begin();
    await second.step();
    expect(second.listed.lists['a'].length).toBeLessThan(9);
    expect(await log.runnerState('gateway', 'lists')).toEqual(before);
    await drain(second);
    expect((await started()).listed.lists).toEqual(written);
  });

  it('has each record once in each process and after each start, whoever had the turn and whoever died', async () => {
    const action = fc.oneof(
      fc.record({ kind: fc.constant('write' as const), topic: fc.constantFrom('a', 'b'), count: fc.nat(5) }),
      fc.record({
        kind: fc.constantFrom('step' as const, 'begin' as const, 'restart' as const),
        who: fc.nat(2),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        const { write, written, started } = await world();
        const processes = [await started(), await started(), await started()];
        // Whoever is fenced has ended: it neither steps nor begins again.
        let turn: number | null = null;
        for (const each of actions) {
          if (each.kind === 'write') await write(each.topic, each.count);
          else if (each.kind === 'step') await processes[each.who].step();
          else if (each.kind === 'restart') {
            processes[each.who] = await started();
            if (turn === each.who) turn = null;
          } else if (turn !== each.who) {
            if (turn !== null) processes[turn] = await started();
            turn = each.who;
            await processes[turn].begin();
          }
        }
        for (const process of [...processes, await started()]) {
          await drain(process);
          expect(process.listed.lists).toEqual(written);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('comes without records', async () => {
    const { started } = await world();
    const { writer } = await started();
    const records = [{ key: '', value: new Uint8Array(1) }];
    await expect(
      writer.commit({
        appends: [{ topic: 'said', partition: 0, records }],
        step: { runner: 'x', inputs: [] },
      }),
    ).rejects.toThrow(TypeError);
  });
});

describe('the writer of a process among several', () => {
  it('refuses before its turn, and writes from then on', async () => {
    const log = new MemoryLog({ now: () => 0, owners: OWNERS });
    const writer = new TurnWriter('gateway');
    const records = [{ key: '', value: new Uint8Array(1) }];
    const commit = { appends: [{ topic: 'said', partition: 0, records }] };
    await expect(writer.commit(commit)).rejects.toMatchObject({ code: 'fenced' });
    writer.begin(await log.writer('gateway'));
    expect(await writer.commit(commit)).toEqual({ firstOffsets: [0] });
    expect(writer.isFenced()).toBe(false);
    await log.writer('gateway');
    expect(writer.isFenced()).toBe(true);
    await expect(writer.commit(commit)).rejects.toMatchObject({ code: 'fenced' });
  });
});
