import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CorruptStateError, type InputRange } from '../../log/log.js';
import { advanced, encodeJournal, NO_STANDING, type RunnerStanding } from './journal-message.js';
import { JournalReader } from './journal-reader.js';
import type { KafkaConnection } from './kafka-connection.js';

const range = (from: number, to: number): InputRange => ({ topic: 'samples', partition: 0, from, to });

/** Two topics as a broker keeps them, an array of messages each. */
function broker(topics: Readonly<Record<string, readonly Buffer[]>>) {
  const connection: Pick<KafkaConnection, 'fetch' | 'stableEnd'> = {
    stableEnd: (topic) => Promise.resolve(topics[topic].length),
    fetch: ([{ topic, partition, kafkaOffset }]) => {
      const messages = topics[topic]
        .slice(kafkaOffset)
        .map((value, i) => ({ offset: String(kafkaOffset + i), key: null, value }));
      const next = kafkaOffset + messages.length;
      return Promise.resolve([{ topic, partition, messages, next }] as never);
    },
  };
  return new JournalReader('', 'ingest', 0, connection);
}

/** A runner that has taken these steps, and stored its state with the second to last. */
function runner(steps: readonly (readonly InputRange[])[], stored: Buffer, read = stored) {
  let standing: RunnerStanding = NO_STANDING;
  const journal = steps.map((inputs, step) => {
    standing = advanced(standing, inputs);
    if (step === steps.length - 2) {
      const state = { step: step + 1, pieces: [0], bytes: stored.length, crc: crc32(stored) };
      standing = { ...standing, state: { ...state, journalFrom: step + 1 } };
    }
    return encodeJournal({
      ...{ owner: 'o', steps: [{ runner: 'windower', step, inputs }] },
      standings: { windower: standing },
    });
  });
  return broker({ 'ingest-journal': journal, 'ingest-state': [read] });
}

const STEPS = [[range(0, 4)], [range(4, 6)], [range(6, 9)]];
const STATE = Buffer.from('state');

describe('a state stored in Kafka', () => {
  it('is given with the steps after it', async () => {
    const { snapshot, replay, isDamaged } = await runner(STEPS, STATE).runnerState('windower');
    expect(snapshot).toEqual({ step: 2, state: STATE });
    expect(replay).toEqual([[range(6, 9)]]);
    expect(isDamaged).toBe(undefined);
  });

  it.each([
    ['with a flipped bit', Buffer.from('statd')],
    ['cut short', Buffer.from('stat')],
  ])('%s, is made up for by every step from the first', async (_, read) => {
    expect(await runner(STEPS, STATE, read).runnerState('windower')).toEqual({
      ...{ snapshot: null, replay: STEPS, steps: 3, isDamaged: true },
      positions: new Map([['samples/0', 9]]),
    });
  });

  it('that no records made is refused when it is damaged', async () => {
    await expect(runner([[], [], []], STATE, Buffer.from('?')).runnerState('windower')).rejects.toEqual(
      new CorruptStateError('windower', 'snapshot'),
    );
  });
});
