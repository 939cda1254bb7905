import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Service } from '../../harness.js';
import { SeededRandom } from '../simulation/seeded-random.js';
import { MESSAGES } from './corpus.js';
import { Mutator } from './mutation.js';

const FRAMES = Number(process.env['HARK_FUZZ_FRAMES'] ?? 2000);
const AT_ONCE = 8;
const encoder = new TextEncoder();
/** Bad message, not allowed, no init, id in use, too large, text that is not UTF-8, and an end in good order. */
const CLOSE_CODES = [1000, 1001, 1002, 1003, 1005, 1007, 1009, 4400, 4401, 4403, 4408, 4409];

describe('the live socket, sent anything', () => {
  let service: Service;
  beforeAll(async () => {
    // The flood limit would end most connections before their messages are looked at.
    service = await Service.start({ HARK_LOG_LEVEL: 'silent', HARK_LIVE_MESSAGES_PER_SECOND: '100000' });
  }, 60_000);
  afterAll(() => service.stop());

  it(
    'closes with a documented code, or answers, and lives on',
    async () => {
      const random = new SeededRandom(815);
      const mutator = new Mutator(
        random,
        MESSAGES.map((text) => encoder.encode(text)),
      );
      const codes = new Map<number, number>();
      let sent = 0;
      const worker = async (): Promise<void> => {
        while (sent < FRAMES) {
          const socket = new WebSocket(service.url('gateway', '/v1/live').replace('http', 'ws'));
          const closed = new Promise<number>((resolve) => socket.on('close', resolve));
          socket.on('error', () => undefined);
          await new Promise((resolve) => socket.once('open', resolve));
          if (random.chance(0.8)) socket.send(MESSAGES[0]);
          while (socket.readyState === WebSocket.OPEN && sent < FRAMES && !random.chance(0.02)) {
            const binary = random.chance(0.1);
            const frame = random.chance(0.3) ? encoder.encode(random.pick(MESSAGES)) : mutator.next();
            socket.send(frame, { binary });
            sent++;
            if (sent % 10 === 0) await sleep(1);
          }
          const end = setTimeout(() => socket.close(1000), 200);
          const code = await closed;
          clearTimeout(end);
          codes.set(code, (codes.get(code) ?? 0) + 1);
          if (!CLOSE_CODES.includes(code)) throw new Error(`closed with ${code}`);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      expect(codes.get(4400) ?? 0).toBeGreaterThan(0);
      expect((await fetch(service.url('gateway', '/health/live'))).status).toBe(200);
    },
    10 * 60_000,
  );
});
