import { describe, expect, it } from 'vitest';
import { isPublicAddress } from './public-address.js';
import { WebhookAllowList, WebhookTargetError } from './webhook-allow-list.js';

describe('the allow-list', () => {
  const list = new WebhookAllowList([
    'https://hooks.example/hark/',
    'http://127.0.0.1:9000',
    'chat.example',
    '*.cloud.example',
  ]);

  it.each([
    ['https://hooks.example/hark', true],
    ['https://hooks.example/hark/a?b=c', true],
    ['https://hooks.example:443/hark/', true],
    ['http://127.0.0.1:9000/anything', true],
    ['https://chat.example/services/T0/B0', false],
    ['https://a.b.cloud.example/', false],
  ])('permits %s', (url, mayBePrivate) => {
    expect(list.permit(url)).toMatchObject({ mayBePrivate });
  });

  it.each([
    'https://hooks.example/other',
    'https://hooks.example/harkness',
    'https://hooks.example/hark/../admin',
    'https://hooks.example/hark/%2e%2e/admin',
    'http://hooks.example/hark/',
    'https://hooks.example:8443/hark/',
    'https://hooks.example.evil.test/hark/',
    'https://hooks.example@evil.test/hark/',
    'https://user:secret@hooks.example/hark/',
    'http://127.0.0.1:9001/',
    'http://localhost:9000/',
    'http://chat.example/',
    'https://chat.example:444/',
    'https://cloud.example/',
    'https://evilcloud.example/',
    'https://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    'ftp://hooks.example/hark/',
    '//hooks.example/hark/',
    '',
    'no url',
  ])('does not permit %j', (url) => {
    expect(list.permit(url)).toBe(null);
  });

  it('is refused when an entry is neither a URL nor a host', () => {
    expect(() => new WebhookAllowList(['chat.example/path'])).toThrow(WebhookTargetError);
    expect(() => new WebhookAllowList(['*'])).toThrow(WebhookTargetError);
    expect(() => new WebhookAllowList(['ftp://chat.example'])).toThrow(WebhookTargetError);
  });
});

describe('an address', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.1', '2606:4700:4700::1111', '2001:4860::8888'])(
    'is public: %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.0.9', '169.254.169.254', '172.16.0.1'],
    ...['172.31.255.255', '192.168.1.1', '198.18.0.1', '224.0.0.1', '255.255.255.255', '203.0.113.9'],
    ...['::', '::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd12::1', 'ff02::1', '::ffff:127.0.0.1'],
    ...['::ffff:8.8.8.8', '64:ff9b::7f00:1', '2002:7f00:1::', '2001::1', '2001:db8::1', 'localhost', ''],
  ])('is not public: %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
