import { describe, expect, it } from 'vitest';
import { MemoryLog } from '../log/memory-log.js';
import { MemoryArtifactStore } from './memory-artifact-store.js';
import type { Processor } from './processor.js';
import { Runner } from './runner.js';
import { SettingsChangedError, readSettingsHistory, type Settings } from './settings-history.js';

const owners = { devices: ['samples'], ingest: ['windows', 'ingest-settings'] };
const utf8 = new TextEncoder();

/** Emits every record with what was set; its state is the number of records. */
class Marking implements Processor {
  private count = 0;
  constructor(private readonly mark: string) {}
  process: Processor['process'] = (_topic, _partition, record, outputs) => {
    outputs.emit('windows', '', utf8.encode(`${this.mark}${++this.count} ${record.offset}`));
  };
  snapshot = () => Uint8Array.of(this.count);
  restore = ([count]: Uint8Array) => void (this.count = count);
}

async function start(log: MemoryLog, values: Settings) {
  const runner = new Runner({
    name: 'marking',
    log,
    writer: await log.writer('ingest'),
    artifacts: new MemoryArtifactStore(),
    processor: new Marking(values['HARK_MARK'] ?? ''),
    inputs: [{ topic: 'samples', partition: 0 }],
    maxStepBytes: 1,
    snapshotEveryBytes: 1 << 20,
    sleep: () => Promise.resolve(),
    settings: { topic: 'ingest-settings', values, changeable: ['HARK_MARK', 'HARK_NEW'] },
  });
  await runner.recover();
  return runner;
}

/** A log, and a runner that has taken two records and was stopped cleanly or killed. */
async function ended(how: 'stopped' | 'killed', values: Settings): Promise<MemoryLog> {
  const log = new MemoryLog({ now: () => 0, owners });
  await append(log, 2);
  const runner = await start(log, values);
  if (how === 'killed') {
    await runner.step();
    await runner.step();
    return log;
  }
  const stop = new AbortController();
  const running = runner.run(stop.signal);
  while ((await log.end('windows', 0)) < 2) await new Promise(setImmediate);
  stop.abort();
  await running;
  return log;
}

async function append(log: MemoryLog, count: number): Promise<void> {
  const records = Array.from({ length: count }, () => ({ key: '', value: utf8.encode('x') }));
  await (await log.writer('devices')).commit({ appends: [{ topic: 'samples', partition: 0, records }] });
}

async function windows(log: MemoryLog): Promise<string[]> {
  const records = await log.read('windows', 0, 0, 1 << 20);
  return records.map(({ value }) => new TextDecoder().decode(value));
}

const OLD = { HARK_MARK: 'old', HARK_SIZE: '2560' };

describe('the settings of a runner', () => {
  it('are recorded before its first step, once, and stand for the steps that follow', async () => {
    const log = await ended('killed', OLD);
    await start(log, OLD);
    await start(log, { HARK_SIZE: '2560', HARK_MARK: 'old' });
    expect(await log.end('ingest-settings', 0)).toBe(1);
    expect(await readSettingsHistory(log, 'ingest-settings', 'marking')).toEqual([
      { runner: 'marking', step: 0, settings: OLD },
    ]);
    expect(await readSettingsHistory(log, 'ingest-settings', 'other')).toEqual([]);
  });

  it('may change after a clean stop, from the next step on, and the state is kept', async () => {
    const log = await ended('stopped', OLD);
    const runner = await start(log, { ...OLD, HARK_MARK: 'new' });
    await append(log, 1);
    await runner.step();
    expect(await windows(log)).toEqual(['old1 0', 'old2 1', 'new3 2']);
    expect(await readSettingsHistory(log, 'ingest-settings', 'marking')).toEqual([
      { runner: 'marking', step: 0, settings: OLD },
      // Two records and the stop.
      { runner: 'marking', step: 3, settings: { ...OLD, HARK_MARK: 'new' } },
    ]);
  });

  it('of two changes before a step the last counts', async () => {
    const log = await ended('stopped', OLD);
    await start(log, { ...OLD, HARK_MARK: 'new' });
    await start(log, OLD);
    const history = await readSettingsHistory(log, 'ingest-settings', 'marking');
    expect(history.map(({ step, settings }) => [step, settings['HARK_MARK']])).toEqual([
      [0, 'old'],
      [3, 'old'],
    ]);
  });

  it('are refused, with what to do, when steps taken with others are to be executed again', async () => {
    const log = await ended('killed', OLD);
    const refused = start(log, { ...OLD, HARK_MARK: 'new' });
    await expect(refused).rejects.toBeInstanceOf(SettingsChangedError);
    await expect(refused).rejects.toThrow(
      'HARK_MARK="new": the marking was not stopped cleanly, and has 2 steps to execute again as it took them, ' +
        'with "old"; start it once with HARK_MARK=old and stop it, or take another data folder (HARK_DATA)',
    );
    await start(log, OLD);
  });

  it('that the state itself depends on are refused also after a clean stop, but not before the first step', async () => {
    const log = await ended('stopped', OLD);
    await expect(start(log, { ...OLD, HARK_SIZE: '1000' })).rejects.toThrow(
      'HARK_SIZE="1000": the marking of this data folder was made with "2560", and that can\'t change; ' +
        'set HARK_SIZE=2560, or take another data folder (HARK_DATA)',
    );
    const empty = new MemoryLog({ now: () => 0, owners });
    await start(empty, OLD);
    await start(empty, { ...OLD, HARK_SIZE: '1000' });
  });

  it('have not changed where a variable is new to the program', async () => {
    const log = await ended('killed', OLD);
    await start(log, { ...OLD, HARK_NEW: '1' });
    await expect(start(log, { ...OLD, HARK_NEW: '2' })).rejects.toThrow('HARK_NEW="2"');
  });
});
