import { describe, expect, it } from 'vitest';
import { parseTokenList, tokenHash } from '@hark/service/access';
import type { Terminal } from '../terminal/terminal.js';
import { lanAccess } from './lan-access.js';

const terminal = (environment: Terminal['environment']): Terminal => ({
  out: () => undefined,
  log: () => undefined,
  interactive: false,
  environment,
  signal: new AbortController().signal,
});
const hashOf = (text: string | undefined) => tokenHash(text ?? '').toString('hex');

describe('--lan', () => {
  it('listens beyond loopback with a token for its owner, and one for phones that may only send', () => {
    const { environment } = lanAccess(terminal({ HARK_DATA: '/d' }), '192.168.1.5').terminal;
    expect(environment).toMatchObject({ HARK_DATA: '/d', HARK_HOST: '0.0.0.0', HARK_MQTT_BROKER_PORT: '0' });
    const [own, phones] = parseTokenList(environment['HARK_TOKENS'] ?? '');
    expect(own).toMatchObject({ roles: ['operate'], users: ['*'], hash: hashOf(environment['HARK_TOKEN']) });
    expect(phones).toMatchObject({ roles: ['ingest'], hash: hashOf(environment['HARK_PHONE_TOKEN']) });
  });

  it('keeps the tokens that are there, and makes others each time', () => {
    const first = lanAccess(terminal({}), '10.0.0.1');
    const second = lanAccess(first.terminal, '10.0.0.1');
    expect(parseTokenList(second.terminal.environment['HARK_TOKENS'] ?? '')).toHaveLength(4);
    expect(second.token).not.toBe(first.token);
  });

  it('needs a network', () => {
    expect(() => lanAccess(terminal({}), null)).toThrow('in no network');
  });
});
