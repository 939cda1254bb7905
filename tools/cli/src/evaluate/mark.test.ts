import { TOPICS, type Alert, type ModelEvent } from '@hark/contracts';
import { describe, expect, it } from 'vitest';
import { markOf } from './mark.js';

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

const alert = {
  type: 'hark.drift',
  data: {
    ...{ episode: 'drift-2', stage: 'drift', detector: 'adwin', signal: 'error', before: 0.02, after: 0.25 },
    scope: { users: ['ann'], devices: ['nexus4_1'], classes: [], features: ['gravity'] },
  },
} as unknown as Alert;

describe('markOf', () => {
  it('marks the stages of drift with what has changed, for whom', () => {
    expect(markOf(TOPICS.alerts, bytes(alert), 812)).toEqual({
      ...{ at: 812, kind: 'drift', text: 'adwin on error: 0.020 → 0.250 (ann, nexus4_1, gravity)' },
      episode: 'drift-2',
    });
  });

  it('marks other alerts by their type', () => {
    expect(markOf(TOPICS.alerts, bytes({ ...alert, type: 'hark.challenger', subject: 'lda' }), 5)).toEqual({
      ...{ at: 5, kind: 'alert', text: 'hark.challenger lda' },
    });
  });

  it('marks versions made and gone to, and no other event of models', () => {
    const events = [
      { kind: 'created', manifest: { version: 3, cause: 'count' } },
      { kind: 'activated', by: 'rollback', from: 3, to: 1 },
      { kind: 'learning', enabled: false },
    ] as unknown as ModelEvent[];
    expect(events.map((event) => markOf(TOPICS.models, bytes(event), 9)?.text ?? null)).toEqual([
      'v3 (count)',
      'v3 → v1 (rollback)',
      null,
    ]);
  });
});
