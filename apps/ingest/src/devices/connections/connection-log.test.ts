import { UserScope } from '@hark/service';
import { describe, expect, it } from 'vitest';
import { attempt } from './connection.js';
import { ConnectionLog } from './connection-log.js';

const WAY = 'POST /v1/sensor-logger';

describe('the log of connections', () => {
  const log = (limit = 500) => {
    let nowMs = 1_700_000_000_000;
    const connections = new ConnectionLog({ now: () => (nowMs += 1000), latenessMs: 10_000, limit });
    return connections;
  };

  it('counts like attempts as one, the last first', () => {
    const connections = log();
    connections.add(attempt(WAY, 'accepted', { user: 'ada', accepted: 1 }));
    connections.add(attempt(WAY, 'refused', { code: 'unauthorized' }));
    connections.add(attempt(WAY, 'accepted', { user: 'ada', accepted: 7 }));
    expect(connections.list(UserScope.all)).toMatchObject([
      {
        user: 'ada',
        accepted: 7,
        times: 2,
        since: '2023-11-14T22:13:21.000Z',
        at: '2023-11-14T22:13:23.000Z',
      },
      { code: 'unauthorized', times: 1 },
    ]);
  });

  it('keeps no more than its limit', () => {
    const connections = log(3);
    for (let i = 0; i < 10; i++) connections.add(attempt(`MQTT topic-${i}`, 'ignored'));
    expect(connections.list(UserScope.all).map(({ way }) => way)).toEqual([
      'MQTT topic-9',
      'MQTT topic-8',
      'MQTT topic-7',
    ]);
  });

  it('shows attempts to those who may see their user, and those of nobody known to who sees everybody', () => {
    const connections = log();
    for (const user of ['ada', 'eva', null]) connections.add(attempt(WAY, 'accepted', { user }));
    expect(connections.list(UserScope.of(['ada'])).map(({ user }) => user)).toEqual(['ada']);
    expect(connections.list(UserScope.all)).toHaveLength(3);
  });

  it('calls late what is further behind its device than the allowed lateness', () => {
    const connections = log();
    const verdicts = [0, -12_000, -5_000].map((aheadMs) => {
      connections.add(attempt(WAY, 'accepted', { user: 'ada', device: 'p', aheadMs }));
      return connections.list(UserScope.all)[0].verdict;
    });
    // A second passes from one to the next.
    expect(verdicts).toEqual(['accepted', 'late', 'accepted']);
  });

  it('says by how much a clock is off', () => {
    const connections = log();
    connections.add(attempt(WAY, 'accepted', { user: 'ada', device: 'p', aheadMs: 31 * 60_000 }));
    expect(connections.list(UserScope.all)[0].remedy).toContain('31 minutes ahead');
  });
});
