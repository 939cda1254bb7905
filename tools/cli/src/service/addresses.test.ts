import { expect, it } from 'vitest';
import { addressOf, urlOf } from './addresses.js';

it('is where an app listens, and loopback where it listens on all addresses', () => {
  expect(urlOf({ host: '192.168.0.7', port: 3000 })).toBe('http://192.168.0.7:3000');
  expect(urlOf({ host: '0.0.0.0', port: 3000 })).toBe('http://127.0.0.1:3000');
  expect(urlOf({ host: '::', port: 3000 })).toBe('http://[::1]:3000');
  expect(urlOf({ host: 'fd00::7', port: 3000 })).toBe('http://[fd00::7]:3000');
});

it('of an app that does not run is the one that it is to have', () => {
  const environment = { HARK_DATA: '/nowhere', HARK_HOST: '0.0.0.0', HARK_INGEST_PORT: '4001' };
  expect(addressOf('ingest', environment)).toBe('http://127.0.0.1:4001');
  expect(addressOf('gateway', { HARK_DATA: '/nowhere' })).toBe('http://127.0.0.1:3000');
});
