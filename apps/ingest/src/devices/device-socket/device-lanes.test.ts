import { ActivityVocabulary } from '@hark/contracts';
import { AccessControl } from '@hark/service';
import { partitionOf } from '@hark/streaming';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { InFlightBudget } from '../../front-door/in-flight-budget.js';
import { KnownActivities } from '../../front-door/known-activities.js';
import type { Submission } from '../../front-door/submission.js';
import { ConnectionLog } from '../connections/connection-log.js';
import { DeviceSockets } from './device-sockets.js';

const PARTITIONS = 2;
/** Their users stand in different partitions. */
const [ADA, BOB] = ['ada', 'bob'];

const message = (user: string, time: string) =>
  JSON.stringify({
    ...{ user, device: 'watch', sensor: 'gyroscope', creationTime: [time] },
    ...{ x: [1], y: [2], z: [3] },
  });

describe('device sockets of a service of several partitions', () => {
  let server: Server;
  let sockets: DeviceSockets;
  let device: WebSocket;
  let answers: unknown[];
  /** The users of each submission. */
  let taken: string[][];
  /** Submissions with rows of this user wait for it, and fail then. */
  let away: { readonly user: string; readonly until: Promise<void> } | null;

  beforeEach(async () => {
    answers = [];
    taken = [];
    away = null;
    const accept = async ({ batch }: Submission) => {
      const users = batch.streams.map(({ user }) => user);
      if (away !== null && users.includes(away.user)) {
        await away.until;
        throw new Error('the partition is away');
      }
      taken.push(users);
      return { duplicate: false };
    };
    const now = () => 0;
    sockets = new DeviceSockets({
      frontDoor: { accept, activities: new KnownActivities(ActivityVocabulary.hhar) },
      partitions: PARTITIONS,
      access: AccessControl.open(),
      connections: new ConnectionLog({ now, latenessMs: 10_000 }),
      budget: new InFlightBudget(1 << 20),
      now,
    });
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    sockets.attach(server);
    device = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/samples`);
    device.on('message', (data: Buffer) => answers.push(JSON.parse(data.toString())));
    await once(device, 'open');
  });
  afterEach(async () => {
    device.terminate();
    await sockets.close();
    server.close();
  });

  it('writes what goes to one partition while another is away, and refuses that of the other alone', async () => {
    expect(partitionOf(ADA, PARTITIONS)).not.toBe(partitionOf(BOB, PARTITIONS));
    let over = () => {};
    away = { user: ADA, until: new Promise((resolve) => (over = resolve)) };
    device.send(message(ADA, '1'));
    device.send(message(BOB, '1'));
    device.send(message(BOB, '2'));
    await expect.poll(() => answers).toEqual([{ ack: 2 }, { ack: 3 }]);
    over();
    await expect.poll(() => answers.length).toBe(3);
    expect(answers[2]).toMatchObject({ nack: 1, problem: { status: 500 } });
  });

  it('takes the messages of each partition in their order', async () => {
    for (let i = 1; i <= 20; i++) device.send(message(i % 2 === 0 ? ADA : BOB, String(i)));
    await expect.poll(() => answers.length).toBe(20);
    const numbers = (answers as { ack: number }[]).map(({ ack }) => ack);
    for (const rest of [0, 1]) {
      const ofOne = numbers.filter((number) => number % 2 === rest);
      expect(ofOne).toEqual(ofOne.toSorted((a, b) => a - b));
    }
    for (const users of taken) expect(new Set(users).size).toBe(1);
  });
});
