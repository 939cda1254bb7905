import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { KafkaLog, KafkaRefusalError } from '@hark/streaming/adapters';
import { KafkaBroker } from '../../tools/kafka/src/kafka-broker.js';

const login = { user: 'hark', password: 'a-secret' };

describe.skipIf(inject('kafka') === null)('a broker that wants TLS and a login', () => {
  let broker: KafkaBroker;
  beforeAll(async () => {
    broker = await KafkaBroker.start({ secured: login });
  });
  afterAll(() => broker?.stop());

  const open = (password: string, onAvailability: (away: string | null) => void = () => undefined) =>
    KafkaLog.open({
      brokers: [broker.address],
      prefix: 'secured.',
      owners: { ingest: ['samples'] },
      cacheBytes: 16 << 20,
      tls: { ca: readFileSync(broker.certificate, 'utf8') },
      sasl: { mechanism: 'plain', username: login.user, password },
      onAvailability,
    });

  it('takes records of whoever has the certificate and the password', async () => {
    const log = await open(login.password);
    const writer = await log.writer('ingest');
    const records = [{ key: 'k', value: new Uint8Array([1]) }];
    await writer.commit({ appends: [{ topic: 'samples', partition: 0, records }] });
    expect((await log.read('samples', 0, 0, 1000)).map(({ key }) => key)).toEqual(['k']);
    await log.close();
  });

  it('is not waited for with a wrong password: the start is refused', async () => {
    await expect(open('wrong')).rejects.toBeInstanceOf(KafkaRefusalError);
  });
});
