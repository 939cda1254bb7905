import { toNanoseconds } from '@hark/contracts';
import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { phoneSamples } from './phone-samples.js';
import { parseSensorLoggerMessage } from './sensor-logger-message.js';

const bytes = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

describe('a message of Sensor Logger', () => {
  it('keeps times beyond 2^53 to the nanosecond, neighbours apart', () => {
    const entry = (time: string) => `{"name":"gyroscope","time":${time},"values":{"x":0,"y":0,"z":0}}`;
    const text = `{"payload":[${entry('1698501144401773001')},${entry('1698501144401773002')}]}`;
    const found = parseSensorLoggerMessage(bytes(text))!;
    expect(found.readings.map(({ ms, subNs }) => [ms, subNs])).toEqual([
      [1698501144401, 773001],
      [1698501144401, 773002],
    ]);
  });

  it('keeps every time of 64 bits, as a number and as a string', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 9_223_372_036_854_775_807n }), fc.boolean(), (time, quoted) => {
        const written = quoted ? `"${time}"` : `${time}`;
        const text = `{"payload":[{"name":"gyroscope", "time" : ${written},"values":{}}]}`;
        const [{ ms, subNs }] = parseSensorLoggerMessage(bytes(text))!.readings;
        return toNanoseconds({ ms, subNs }) === time;
      }),
    );
  });

  it('does not take a time in a text for one', () => {
    const text = 'said "time":1698501144401773001 aloud';
    const payload = [{ name: 'annotation', time: '1000000', values: { text } }];
    expect(parseSensorLoggerMessage(bytes({ payload }))!.readings[0].values).toEqual({ text });
  });

  it('gives sensors one name, however it is written', () => {
    const payload = [{ name: 'wrist motion', time: '0', values: {} }];
    expect(parseSensorLoggerMessage(bytes({ payload }))!.readings[0].name).toBe('wristmotion');
  });

  it.each(['', 'null', '[]', '"test"', '{"payload":', '\u0000'])('is not: %j', (text) => {
    expect(parseSensorLoggerMessage(bytes(text))).toBeNull();
  });

  it('has no readings where the payload is empty, absent or of another kind', () => {
    for (const body of [{}, { payload: [] }, { payload: 'test' }, { payload: [null, 1, { name: 'x' }] }]) {
      expect(parseSensorLoggerMessage(bytes(body))!.readings).toEqual([]);
    }
    expect(parseSensorLoggerMessage(bytes({ payload: [null] }))!.unreadable).toBe(1);
  });
});

const SHARED = fileURLToPath(new URL('../../../../../shared/data/sensor-logger/', import.meta.url));
const PUSHED = `${SHARED}derived_push_messages.jsonl`;
const QUOTED = `${SHARED}example_received_android.json`;

describe.skipIf(!existsSync(PUSHED))(
  'recorded messages (skipped without ../shared/data/sensor-logger)',
  () => {
    it('give a total acceleration of about 9.8 m/s²', () => {
      for (const line of readFileSync(PUSHED, 'utf8').trim().split('\n')) {
        const { phone } = phoneSamples(parseSensorLoggerMessage(bytes(line))!.readings);
        const magnitudes = phone
          .filter(({ sensor }) => sensor === 'accelerometer')
          .map(({ x, y, z }) => Math.sqrt(x * x + y * y + z * z));
        expect(magnitudes.length).toBeGreaterThan(70);
        const mean = magnitudes.reduce((sum, each) => sum + each, 0) / magnitudes.length;
        expect(Math.abs(mean - 9.8)).toBeLessThan(0.3);
      }
    });

    it('give the quoted payload 9.7 m/s² of acceleration with gravity, upwards as Android has it', () => {
      const { phone, ignored } = phoneSamples(parseSensorLoggerMessage(readFileSync(QUOTED))!.readings);
      const [{ x, y, z }] = phone;
      expect(Math.sqrt(x * x + y * y + z * z)).toBeCloseTo(9.7, 1);
      expect(z).toBeGreaterThan(9);
      expect(ignored).toBe(3);
    });
  },
);
