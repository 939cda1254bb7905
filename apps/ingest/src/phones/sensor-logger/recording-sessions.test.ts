import { MemoryLog, StateFormatError } from '@hark/streaming';
import { describe, expect, it } from 'vitest';
import { sessionKey } from './recording-session.js';
import { RecordingSessions } from './recording-sessions.js';
import { decodeSessions } from './sensor-logger-state.js';

const key = (user: string, session: number) => sessionKey(user, 'phone', String(session));

describe('the recordings that phones are pushing', () => {
  it('are as they were after a restart', async () => {
    const log = new MemoryLog({ now: () => 0 });
    const before = (await RecordingSessions.open(await log.writer('ingest'))).of(key('ada', 1));
    const sessions = await RecordingSessions.open(await log.writer('ingest'));
    const session = sessions.of(key('ada', 1));
    session.ids.add(3);
    session.annotate([{ ms: 5, subNs: 6, text: 'walk' }]);
    session.uncalibratedInG = true;
    await sessions.save();
    const after = (await RecordingSessions.open(await log.writer('ingest'))).of(key('ada', 1));
    expect(after.stored).toEqual(session.stored);
    expect(after.stored).not.toEqual(before.stored);
  });

  it('are a thousand at most, the one not heard of longest going first', async () => {
    const log = new MemoryLog({ now: () => 0 });
    const sessions = await RecordingSessions.open(await log.writer('ingest'));
    for (let i = 0; i < 1000; i++) sessions.of(key('ada', i)).ids.add(1);
    sessions.of(key('ada', 0));
    sessions.of(key('ada', 1000));
    expect(sessions.size).toBe(1000);
    expect([0, 1].map((i) => sessions.of(key('ada', i)).ids.has(1))).toEqual([true, false]);
  });

  it('are written together while a write is under way, and each caller waits for its own', async () => {
    const log = new MemoryLog({ now: () => 0 });
    const writer = await log.writer('ingest');
    let commits = 0;
    const counting = Object.assign(Object.create(writer) as typeof writer, {
      commit: (commit: Parameters<typeof writer.commit>[0]) => {
        commits++;
        return writer.commit(commit);
      },
    });
    const sessions = await RecordingSessions.open(counting);
    const saves = Array.from({ length: 10 }, (_, i) => {
      sessions.of(key('ada', i)).ids.add(1);
      return sessions.save();
    });
    await saves[9];
    const stored = decodeSessions((await writer.runnerState('sensor-logger')).snapshot!.state);
    expect([commits, stored.length]).toEqual([2, 10]);
  });

  it('are not read from bytes of something else', () => {
    expect(() => decodeSessions(new TextEncoder().encode('{"version":9}'))).toThrow(StateFormatError);
  });
});
