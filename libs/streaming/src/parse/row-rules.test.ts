import { describe, expect, it } from 'vitest';
import { ActivityVocabulary } from '@hark/contracts';
import { CollectingSink } from './collecting-sink.js';
import { takeRow, Unusable, type RowFields } from './row-rules.js';

const GOOD: RowFields = {
  User: 'a',
  Device: 'nexus4_1',
  Model: 'nexus4',
  Sensor: 'gyroscope',
  Creation_Time: '1424696631913248572',
  Arrival_Time: '1424696633908',
  x: '-5.958191',
  y: '0.6880646',
  z: '8.135345',
  gt: 'stand',
};

function take(change: RowFields, sensor?: 'accelerometer' | 'gyroscope') {
  const sink = new CollectingSink(ActivityVocabulary.hhar, 77);
  takeRow({ ...GOOD, ...change }, 5, 'the text', sensor, sink);
  return { batch: sink.builder.take(), rejected: sink.kept };
}

describe('takeRow', () => {
  it('takes a row of HHAR to the last nanosecond', () => {
    const { batch, rejected } = take({});
    expect(rejected).toEqual([]);
    expect(batch.streams).toEqual([{ user: 'a', device: 'nexus4_1', model: 'nexus4', sensor: 'gyroscope' }]);
    expect([batch.creationMs[0], batch.creationSubNs[0], batch.arrivalMs[0]]).toEqual([
      1424696631913, 248572, 1424696633908,
    ]);
    expect([batch.x[0], batch.y[0], batch.z[0]]).toEqual([-5.958191, 0.6880646, 8.135345]);
    expect(batch.labels[batch.label[0] - 1]).toBe('stand');
  });

  it.each<[string, RowFields, string, string]>([
    ['no x', { x: undefined }, 'missing_axis', 'x is missing'],
    ['1e999', { y: '1e999' }, 'non_finite', 'y is "1e999", not a finite number'],
    ['NaN', { z: 'NaN' }, 'non_finite', 'z is "NaN", not a finite number'],
    ['Infinity', { z: 'Infinity' }, 'non_finite', 'z is "Infinity", not a finite number'],
    ['a hexadecimal axis', { z: '0x10' }, 'non_finite', 'z is "0x10", not a finite number'],
    [
      'a million digits',
      { x: '1'.repeat(1_000_000) },
      'non_finite',
      `x is "${'1'.repeat(64)}…", not a finite number`,
    ],
    ['an axis in quotes', { x: new Unusable('"1.5"') }, 'non_finite', 'x is the string "1.5", not a number'],
    ['an axis that is a list', { x: new Unusable('[1]') }, 'non_finite', 'x is [1], not a finite number'],
    ['no user', { User: undefined }, 'invalid_user', 'User is missing'],
    ['an empty user', { User: '' }, 'invalid_user', 'User is empty'],
    ['a number as user', { User: new Unusable('5') }, 'invalid_user', 'User is 5, not a string'],
    [
      'a device with NUL',
      { Device: 'a\u0000' },
      'invalid_device',
      'Device is "a\\u0000", with characters that an id may not hold',
    ],
    [
      'a lone surrogate',
      { Device: '\ud800' },
      'invalid_device',
      'Device is "\\ud800", with characters that an id may not hold',
    ],
    [
      '129 characters',
      { Model: 'm'.repeat(129) },
      'invalid_model',
      `Model is "${'m'.repeat(64)}…", 129 characters where 128 are allowed`,
    ],
    ['no time', { Creation_Time: undefined }, 'invalid_time', 'Creation_Time is missing'],
    [
      'a negative time',
      { Creation_Time: '-1' },
      'invalid_time',
      'Creation_Time is "-1", not nanoseconds from 0 to 9223372036854775807',
    ],
    [
      '2^63',
      { Creation_Time: '9223372036854775808' },
      'invalid_time',
      'Creation_Time is "9223372036854775808", not nanoseconds from 0 to 9223372036854775807',
    ],
    [
      'a fraction',
      { Creation_Time: '1.5' },
      'invalid_time',
      'Creation_Time is "1.5", not nanoseconds from 0 to 9223372036854775807',
    ],
    ['an unknown activity', { gt: 'swim' }, 'unknown_activity', 'gt is "swim", not a known activity'],
    [
      'an unknown sensor',
      { Sensor: 'barometer' },
      'unknown_sensor',
      'Sensor is "barometer", not accelerometer or gyroscope',
    ],
  ])('refuses %s and names column and value', (_, change, code, message) => {
    const { batch, rejected } = take(change);
    expect(batch.rows).toBe(0);
    expect(rejected).toMatchObject([{ row: 5, code, message, text: 'the text' }]);
  });

  it('asks for the sensor when neither the row nor the caller names one', () => {
    expect(take({ Sensor: undefined }).rejected).toMatchObject([{ code: 'sensor_missing' }]);
    expect(take({ Sensor: undefined }, 'accelerometer').batch.streams[0].sensor).toBe('accelerometer');
    expect(take({}, 'accelerometer').batch.streams[0].sensor).toBe('gyroscope');
  });

  it.each([undefined, '', 'null'])('takes gt %j as unlabelled', (gt) => {
    const { batch } = take({ gt });
    expect([batch.rows, batch.label[0]]).toEqual([1, 0]);
  });

  it.each([undefined, 'soon', '-1', '1e300', new Unusable('[]')])(
    'gives Arrival_Time %j the default',
    (value) => {
      expect(take({ Arrival_Time: value }).batch.arrivalMs[0]).toBe(77);
    },
  );

  it('takes a time with leading zeros, and one that a spreadsheet rounded', () => {
    expect(take({ Creation_Time: '0000000001424696631913248572' }).batch.creationSubNs[0]).toBe(248572);
    const { batch } = take({ Creation_Time: '1.42469663191325E+018' });
    expect([batch.creationMs[0], batch.creationSubNs[0]]).toEqual([1424696631913, 250000]);
  });

  it('calls a model that is not named unknown', () => {
    expect(take({ Model: undefined }).batch.streams[0].model).toBe('unknown');
  });

  it('tells whose row it was where that can be read', () => {
    expect(take({ x: 'NaN' }).rejected[0].device).toEqual({ user: 'a', device: 'nexus4_1' });
    expect(take({ User: '' }).rejected[0].device).toBeNull();
  });

  it('reads a number with spaces around it in linear time whatever it is', () => {
    expect(take({ x: ' 1.5 ' }).batch.x[0]).toBe(1.5);
    expect(take({ x: `${'1'.repeat(399)}x` }).rejected).toHaveLength(1);
  });
});
