import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samplesRecord, type TestRow } from '../testing/sample-records.js';
import { SessionIndex } from './session-index.js';
import { viewOf } from './session.js';

const SECOND = 1_000_000_000n;
const T0 = 1_424_696_633_000_000_000n;

function indexOf(...records: (readonly TestRow[])[]): SessionIndex {
  const index = new SessionIndex({ gapMs: 60_000 });
  records.forEach((rows, offset) => feed(index, offset, samplesRecord(rows)));
  return index;
}

function feed(index: SessionIndex, offset: number, value: Uint8Array): void {
  index.process('samples', 0, { key: '', value, offset, timestamp: 0 });
}

const views = (index: SessionIndex) => [...index.newest(Infinity)].reverse().map(viewOf);
const row = (seconds: number, more: Partial<TestRow> = {}): TestRow => ({
  ns: T0 + BigInt(Math.round(seconds * 1000)) * 1_000_000n,
  ...more,
});

describe('the session index', () => {
  it('opens another session where event time jumps by more than the gap, and not at the gap itself', () => {
    const index = indexOf([row(0), row(60)], [row(120.001), row(121)]);
    expect(views(index).map(({ startNs, endNs }) => [startNs, endNs])).toEqual([
      ['1424696633000000000', '1424696693000000000'],
      ['1424696753001000000', '1424696754000000000'],
    ]);
  });

  it('counts the jump to the nanosecond', () => {
    const at = indexOf([{ ns: T0 }, { ns: T0 + 60n * SECOND }]);
    const beyond = indexOf([{ ns: T0 }, { ns: T0 + 60n * SECOND + 1n }]);
    expect([at.size, beyond.size]).toEqual([1, 2]);
  });

  it('says what a session holds', () => {
    const index = indexOf(
      [row(0, { gt: 'sit' }), row(1, { sensor: 'gyroscope', gt: 'sit' }), row(1, { user: 'b' })],
      [row(2, { gt: 'walk' })],
    );
    const [session] = views(index);
    expect(session).toEqual({
      id: session.id,
      user: 'a',
      device: 'gear_1',
      model: 'gear',
      start: '2015-02-23T13:03:53.000Z',
      end: '2015-02-23T13:03:55.000Z',
      startNs: '1424696633000000000',
      endNs: '1424696635000000000',
      samples: { accelerometer: 2, gyroscope: 1 },
      labels: ['sit', 'walk'],
      records: { first: 0, last: 1 },
    });
  });

  it('names a session for its device and the sample that opened it, whatever comes after', () => {
    const short = views(indexOf([row(10)]))[0];
    const long = views(indexOf([row(10)], [row(5), row(40)]))[0];
    expect(short.id).toMatch(/^[0-9a-f]{16}$/);
    expect(long.id).toBe(short.id);
    expect(long.startNs).toBe('1424696638000000000');
    expect(views(indexOf([row(10, { user: 'b' })]))[0].id).not.toBe(short.id);
  });

  it('keeps devices apart, and a device of two users', () => {
    const index = indexOf([row(0), row(1000, { device: 'nexus4_1' }), row(2000, { user: 'b' }), row(10)]);
    expect(views(index).map(({ user, device }) => `${user}/${device}`)).toEqual([
      'a/gear_1',
      'a/nexus4_1',
      'b/gear_1',
    ]);
  });

  it('joins a second sensor that comes after the whole of the first', () => {
    const acc = [row(0), row(30), row(1000), row(1030)];
    const gyro = acc.map((each): TestRow => ({ ...each, sensor: 'gyroscope' }));
    const sessions = views(indexOf(acc, gyro));
    expect(sessions.map(({ samples }) => samples)).toEqual([
      { accelerometer: 2, gyroscope: 2 },
      { accelerometer: 2, gyroscope: 2 },
    ]);
  });

  it('gives a sample that goes back, between two sessions, to the nearer one', () => {
    const [first, second] = views(indexOf([row(0), row(61), row(40), row(10)]));
    expect([first.endNs, second.startNs]).toEqual(['1424696643000000000', '1424696673000000000']);
  });

  it('passes over ticks and records it cannot read', () => {
    const index = new SessionIndex();
    feed(index, 0, new Uint8Array([0xff, 0xff]));
    expect(index.size).toBe(0);
  });

  it('forgets the earliest session of a device beyond a thousand', () => {
    const index = indexOf(Array.from({ length: 1200 }, (_, i) => row(i * 100)));
    const sessions = views(index);
    expect(sessions).toHaveLength(1000);
    expect(sessions[0].startNs).toBe(String(T0 + 200n * 100n * SECOND));
    expect(index.find(sessions[0].id)).not.toBe(null);
  });

  it('goes on after a restore as if nothing had happened', () => {
    const before = [row(0), row(30), row(500)];
    const after = [row(31), row(501), row(900, { gt: 'walk' })];
    const straight = indexOf(before, after);
    const restored = new SessionIndex({ gapMs: 60_000 });
    restored.restore(indexOf(before).snapshot());
    feed(restored, 1, samplesRecord(after));
    expect(views(restored)).toEqual(views(straight));
    expect(restored.snapshot()).toEqual(straight.snapshot());
  });

  it('never lets two sessions of a device overlap, and counts every sample once', () => {
    const seconds = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(seconds, (times) => {
        const index = indexOf(times.map((each) => row(each)));
        const sessions = views(index).sort((a, b) => Number(BigInt(a.startNs) - BigInt(b.startNs)));
        for (let i = 1; i < sessions.length; i++) {
          expect(BigInt(sessions[i].startNs)).toBeGreaterThan(BigInt(sessions[i - 1].endNs));
        }
        expect(sessions.reduce((sum, { samples }) => sum + samples.accelerometer, 0)).toBe(times.length);
        for (const each of times) {
          const ns = T0 + BigInt(each) * SECOND;
          const holding = sessions.filter(
            ({ startNs, endNs }) => BigInt(startNs) <= ns && ns <= BigInt(endNs),
          );
          expect(holding).toHaveLength(1);
        }
      }),
    );
  });

  it('of samples in order is the naive cut at gaps', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (gaps) => {
        let now = 0;
        const times = [0, ...gaps.map((gap) => (now += gap))];
        const expected: number[][] = [];
        times.forEach((each, i) => {
          if (i === 0 || each - times[i - 1] > 60) expected.push([each, each]);
          else expected[expected.length - 1][1] = each;
        });
        const found = views(indexOf(times.map((each) => row(each)))).map(({ startNs, endNs }) =>
          [startNs, endNs].map((ns) => Number((BigInt(ns) - T0) / SECOND)),
        );
        expect(found).toEqual(expected);
      }),
    );
  });
});
