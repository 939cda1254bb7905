import { describe, expect, it } from 'vitest';
import { appLogLine } from './app-log-line.js';

describe('appLogLine', () => {
  it('makes a line for people of a line of JSON', () => {
    const line = '{"level":40,"time":1,"app":"ingest","pid":7,"port":3001,"msg":"slow"}';
    expect(appLogLine('ingest', line)).toBe('ingest  | WARN slow port=3001');
    expect(appLogLine('learner', '{"level":30,"msg":"resumed"}')).toBe('learner | resumed');
    expect(appLogLine('learner', '{"level":50,"msg":"x","err":{"message":"disk"}}')).toBe(
      'learner | ERROR x err=disk',
    );
  });

  it('leaves other lines as they are', () => {
    expect(appLogLine('gateway', 'HARK_X="y": wrong')).toBe('gateway | HARK_X="y": wrong');
    expect(appLogLine('gateway', 'null')).toBe('gateway | null');
  });
});
