import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../log/log.js';
import { MemoryLog } from '../log/memory-log.js';
import { MemoryArtifactStore } from './memory-artifact-store.js';
import type { Outputs, Processor } from './processor.js';
import { Pipeline } from './run-offline.js';
import { Runner } from './runner.js';

const utf8 = new TextEncoder();
const string = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** These processors are never restored. */
class Stateless {
  snapshot(): Uint8Array {
    return new Uint8Array();
  }
  restore(): void {}
}

/** `ab` → `a`, `b`: one window a letter. */
class Letters extends Stateless implements Processor {
  process(_topic: string, _partition: number, record: LogRecord, outputs: Outputs): void {
    for (const letter of string(record.value)) outputs.emit('windows', record.key, utf8.encode(letter));
  }
}

/** Each window with its offset and all letters before it; an artifact and an alert at an `e`. */
class Joined extends Stateless implements Processor {
  private letters = '';
  process(_topic: string, _partition: number, record: LogRecord, outputs: Outputs): void {
    this.letters += string(record.value);
    outputs.emit('predictions', record.key, utf8.encode(`${record.offset} ${this.letters}`));
    if (this.letters.endsWith('e')) {
      outputs.artifact('models/v1.state', utf8.encode(this.letters));
      outputs.emit('alerts', '', utf8.encode('e'));
    }
  }
}

const SAMPLES = ['ab', '', 'cde', 'f'];

function pipeline() {
  const lines: string[] = [];
  const artifacts: string[] = [];
  return {
    lines,
    artifacts,
    pipeline: new Pipeline({
      stages: [
        { processor: new Letters(), inputs: ['samples'] },
        { processor: new Joined(), inputs: ['windows'] },
      ],
      onRecord: (topic, { offset, key, value }) => lines.push(`${topic} ${offset} ${key}: ${string(value)}`),
      onArtifact: (name, bytes) => artifacts.push(`${name} ${string(bytes)}`),
    }),
  };
}

describe('a pipeline', () => {
  it('takes a record through all stages before push returns', () => {
    const { pipeline: chain, lines } = pipeline();
    chain.push('samples', 'k', utf8.encode('ab'));
    expect(lines).toEqual([
      'windows 0 k: a',
      'windows 1 k: b',
      'predictions 0 k: 0 a',
      'predictions 1 k: 1 ab',
    ]);
  });

  it('numbers the records of each topic, and hands artifacts on', async () => {
    const { pipeline: chain, lines, artifacts } = pipeline();
    await chain.run(
      'samples',
      (async function* () {
        for (const sample of SAMPLES) yield utf8.encode(sample);
      })(),
    );
    expect(lines.filter((line) => line.startsWith('predictions'))).toEqual([
      'predictions 0 : 0 a',
      'predictions 1 : 1 ab',
      'predictions 2 : 2 abc',
      'predictions 3 : 3 abcd',
      'predictions 4 : 4 abcde',
      'predictions 5 : 5 abcdef',
    ]);
    expect(lines.filter((line) => line.startsWith('alerts'))).toEqual(['alerts 0 : e']);
    expect(artifacts).toEqual(['models/v1.state abcde']);
  });

  it('passes over a topic that no stage reads', () => {
    const { pipeline: chain, lines } = pipeline();
    chain.push('commands', '', utf8.encode('x'));
    expect(lines).toEqual([]);
  });

  it('emits on each topic what two runners over a log emit', async () => {
    const log = new MemoryLog({
      now: () => 0,
      owners: { a: ['samples'], b: ['windows'], c: ['predictions', 'alerts'] },
    });
    const records = SAMPLES.map((sample) => ({ key: sample, value: utf8.encode(sample) }));
    await (await log.writer('a')).commit({ appends: [{ topic: 'samples', partition: 0, records }] });
    for (const [app, topic, processor] of [
      ['b', 'samples', new Letters()],
      ['c', 'windows', new Joined()],
    ] as const) {
      const runner = new Runner({
        name: app,
        log,
        writer: await log.writer(app),
        artifacts: new MemoryArtifactStore(),
        processor,
        inputs: [{ topic, partition: 0 }],
        maxStepBytes: 2,
        snapshotEveryBytes: 1 << 20,
        sleep: () => Promise.resolve(),
      });
      await runner.recover();
      while (await runner.step());
    }
    const { pipeline: chain, lines } = pipeline();
    for (const sample of SAMPLES) chain.push('samples', sample, utf8.encode(sample));
    for (const topic of ['windows', 'predictions', 'alerts']) {
      const stored = (await log.read(topic, 0, 0, 1 << 20)).map(
        ({ offset, key, value }) => `${topic} ${offset} ${key}: ${string(value)}`,
      );
      expect(lines.filter((line) => line.startsWith(topic))).toEqual(stored);
      expect(stored.length).toBeGreaterThan(0);
    }
  });
});
