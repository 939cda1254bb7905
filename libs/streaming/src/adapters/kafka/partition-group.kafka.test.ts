import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, inject, it } from 'vitest';
import { KafkaLog } from './kafka-log.js';
import { PartitionGroup } from './partition-group.js';
import { removeTopics } from './testing/remove-topics.js';

const brokers = inject('kafka');
const prefix = `group-${process.pid}.`;

describe.skipIf(brokers === null)('a group of processes', () => {
  const groups: PartitionGroup[] = [];
  afterEach(async () => {
    for (const group of groups.splice(0)) await group.leave();
  });
  afterAll(() => removeTopics(brokers!, [prefix]));

  async function join(): Promise<{ assigned: readonly number[]; group: PartitionGroup; failures: Error[] }> {
    const member = { assigned: [] as readonly number[], failures: [] as Error[] };
    const group = new PartitionGroup({
      ...{ brokers: [brokers!], prefix, app: 'ingest', partitions: 3 },
      holds: () => member.assigned,
      onAssigned: (partitions) => (member.assigned = partitions),
      onFailure: (error) => member.failures.push(error),
    });
    groups.push(group);
    await group.join();
    return Object.assign(member, { group });
  }

  it('shares the partitions out again when a member comes or goes, and moves no more than that takes', async () => {
    const log = await KafkaLog.open({
      ...{ brokers: [brokers!], prefix, partitions: 3, cacheBytes: 16 << 20 },
      owners: { ingest: ['samples'] },
    });
    await log.close();
    const first = await join();
    await until(() => first.assigned.length === 3);
    const second = await join();
    await until(() => first.assigned.length === 2 && second.assigned.length === 1);
    expect([...first.assigned, ...second.assigned].sort()).toEqual([0, 1, 2]);
    const kept = [...first.assigned];
    await groups.pop()!.leave();
    await until(() => first.assigned.length === 3);
    expect(kept.every((partition) => first.assigned.includes(partition))).toBe(true);
    expect([...first.failures, ...second.failures]).toEqual([]);
  });
});

async function until(met: () => boolean): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 50) {
    if (met()) return;
    await sleep(50);
  }
  throw new Error('not met in 30 s');
}
