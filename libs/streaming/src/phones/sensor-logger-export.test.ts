import { ActivityVocabulary } from '@hark/contracts';
import { describe, expect, it } from 'vitest';
import { activityAt } from './annotations.js';
import { phoneSamples } from './phone-samples.js';
import { readSensorLoggerFiles, readSensorLoggerJson } from './sensor-logger-export.js';

const TIME = '1698501144401773001';

describe("Sensor Logger's export", () => {
  it('reads JSON in which all values are strings', () => {
    const row = (sensor: string, z: string) => ({
      sensor,
      time: TIME,
      seconds_elapsed: '0.2',
      z,
      y: '0',
      x: '0',
    });
    const text = JSON.stringify([row('Accelerometer', '-0.5'), row('Gravity', '9.5'), row('Barometer', '1')]);
    const { readings } = readSensorLoggerJson(text)!;
    expect(phoneSamples(readings).phone).toEqual([
      { sensor: 'accelerometer', ms: 1698501144401, subNs: 773001, x: 0, y: 0, z: 9 },
    ]);
  });

  it('reads the files of a zip by their headers, signs by the metadata, annotations as activities', () => {
    const files = new Map([
      ['walk/Accelerometer.csv', `time,seconds_elapsed,z,y,x\n${TIME},0.1,0.5,0,0\n`],
      ['walk/Gravity.csv', `time,seconds_elapsed,z,y,x\n${TIME},0.1,-9.5,0,0\n`],
      ['walk/Annotation.csv', `time,seconds_elapsed,text\n${TIME},0.1,"Walk"\n`],
      [
        'walk/Metadata.csv',
        'version,device name,device id,platform,standardisation\r\n3,"iPhone 15, mine",abc,ios,false\r\n',
      ],
    ]);
    const found = readSensorLoggerFiles(files)!;
    expect(found).toMatchObject({ frame: 'ios', device: 'abc', model: 'iPhone 15, mine' });
    const { phone, annotations } = phoneSamples(found.readings, { frame: found.frame });
    expect(phone).toMatchObject([{ z: 9 }]);
    expect(activityAt(annotations, phone[0], ActivityVocabulary.hhar)).toBe('walk');
  });

  it.each([
    ['android', 'false', 'android'],
    ['ios', 'true', 'android'],
    ['ios', 'false', 'ios'],
  ])('has the signs of %s with standardisation %s: %s', (platform, standardisation, frame) => {
    const files = new Map([
      ['Gyroscope.csv', `time,x,y,z\n${TIME},0,0,0`],
      ['Metadata.csv', `platform,standardisation\n${platform},${standardisation}`],
    ]);
    expect(readSensorLoggerFiles(files)?.frame).toBe(frame);
  });

  it('is neither an array of other rows nor a set of other files', () => {
    expect(readSensorLoggerJson('[{"Creation_Time":1}]')).toBeNull();
    expect(readSensorLoggerJson('{')).toBeNull();
    expect(readSensorLoggerFiles(new Map([['README.csv', 'a,b\n1,2']]))).toBeNull();
  });
});
