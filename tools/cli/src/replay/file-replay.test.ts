import { createHash } from 'node:crypto';
import { SampleBatchBuilder, type SampleBatch, type VersionManifest } from '@hark/contracts';
import { describe, expect, it } from 'vitest';
import { OfflineLearner } from '../evaluate/offline-learner.js';
import { eachWindow } from '../evaluate/window-source.js';
import { eventRange } from './event-range.js';
import { FileReplay, type FileReplayOptions } from './file-replay.js';
import type { PaceClock } from './replay-pace.js';

const START = Date.UTC(2026, 0, 1);
const SECONDS = 40;

/** 40 s of one device at 50 Hz, walking and sitting for 10 s each in turn, in batches of this many rows. */
function recording(batchRows = 16_384) {
  const builder = new SampleBatchBuilder();
  const batches: SampleBatch[] = [];
  for (let i = 0; i < SECONDS * 50; i++) {
    const walking = Math.floor(i / 500) % 2 === 0;
    const swing = walking ? 4 * Math.sin(i / 4) : 0.01 * Math.sin(i / 4);
    for (const sensor of ['accelerometer', 'gyroscope'] as const) {
      const ms = START + i * 20;
      const stream = builder.streamOf('a', 'phone', 'nexus4', sensor);
      builder.push(stream, ms, 0, ms, swing, 9.8, swing / 2, builder.labelOf(walking ? 'walk' : 'sit'));
      if (builder.rows === batchRows) batches.push(builder.take());
    }
  }
  if (builder.rows > 0) batches.push(builder.take());
  return {
    batches: async function* (): AsyncGenerator<SampleBatch, void, void> {
      yield* batches;
    },
  };
}

/** A version that has learned the recording once. */
async function version(): Promise<FileReplayOptions['version']> {
  const learner = new OfflineLearner({ classifier: 'rls', versions: false });
  await eachWindow(recording(), {}, ({ bytes }) => void learner.take(bytes));
  const state = learner.modelState();
  const digest = createHash('sha256').update(state).digest('hex');
  return { state, manifest: { version: 7, classifier: 'rls', digest } as VersionManifest };
}

class SleepClock implements PaceClock {
  wall = 0;
  now = () => this.wall;
  sleep = (ms: number) => Promise.resolve(void (this.wall += ms));
}

async function play(options: Partial<FileReplayOptions> = {}, batchRows?: number) {
  const clock = new SleepClock();
  const replay = new FileReplay(
    {
      version: await version(),
      speed: 'max',
      learn: false,
      range: eventRange(undefined, undefined),
      ...options,
    },
    clock,
    () => false,
  );
  await replay.play(recording(batchRows));
  return { view: replay.view, wall: clock.wall };
}

describe('the replay of a file', () => {
  it('answers as the version does, scored against the labels', async () => {
    const { view } = await play();
    expect(view).toMatchObject({
      model: 7,
      status: 'ended',
      position: '2026-01-01T00:00:39.980Z',
      error: null,
    });
    expect(view.predictions).toBeGreaterThan(25);
    expect(view.labelled - view.unanswered).toBeGreaterThan(20);
    expect(view.accuracy).toBeGreaterThan(0.8);
  });

  it('has one digest at every speed and for every size of batches', async () => {
    const { digest } = (await play()).view;
    expect((await play({ speed: 50 })).view.digest).toBe(digest);
    expect((await play({}, 100)).view.digest).toBe(digest);
  });

  it('has another digest when the copy goes on learning, the same each time', async () => {
    const frozen = (await play()).view.digest;
    const learning = (await play({ learn: true })).view.digest;
    expect(learning).not.toBe(frozen);
    expect((await play({ learn: true })).view.digest).toBe(learning);
  });

  it('takes the time that its speed says', async () => {
    const { view, wall } = await play({ speed: 4 });
    // From the newest row of the first piece, 32 instants of 20 ms, to the last.
    expect(wall).toBe((39_980 - 620) / 4);
    expect(view.effectiveSpeed).toBe(4);
  });

  it('plays the part from its start up to its end, which is excluded', async () => {
    const { view } = await play({ range: eventRange('2026-01-01T00:00:10Z', '2026-01-01T01:00:20+01:00') });
    expect(view.position).toBe('2026-01-01T00:00:19.980Z');
    const whole = (await play()).view;
    expect(view.predictions).toBeGreaterThan(0);
    expect(view.predictions).toBeLessThan(whole.predictions / 2);
    const none = await play({ range: eventRange('1', '2') });
    expect(none.view).toMatchObject({ predictions: 0, position: null, accuracy: null });
  });

  it('ends interrupted when it is to stop', async () => {
    let pieces = 0;
    const options = { version: await version(), speed: 1, learn: false, range: { from: null, to: null } };
    const replay = new FileReplay(options, new SleepClock(), () => pieces === 3);
    await expect(replay.play(recording(), () => pieces++)).rejects.toMatchObject({ code: 'interrupted' });
    expect(replay.position).toBe('2026-01-01T00:00:01.900Z');
  });
});
