import { describe, expect, it } from 'vitest';
import { OpenConnections } from './open-connections.js';
import { Principal } from './principal.js';
import type { TokenEntry } from './token-entry.js';

const entry = (id: string): TokenEntry => ({
  ...{ id, name: id, hash: '0'.repeat(64), roles: ['subscribe'], users: ['a'] },
  ...{ created: null, expires: null },
});
const nothing = (): void => undefined;

describe('open connections', () => {
  it('are counted by address, beyond loopback', () => {
    const open = new OpenConnections({ perAddress: 2, perToken: 9 });
    const first = open.fromAddress('10.0.0.1');
    expect([first !== null, open.fromAddress('10.0.0.1') !== null]).toEqual([true, true]);
    expect(open.fromAddress('10.0.0.1')).toBe(null);
    expect(open.fromAddress('10.0.0.2')).not.toBe(null);
    for (let i = 0; i < 5; i++) expect(open.fromAddress('::ffff:127.0.0.1')).not.toBe(null);
    first?.();
    first?.();
    expect(open.fromAddress('10.0.0.1')).not.toBe(null);
    expect(open.fromAddress('10.0.0.1')).toBe(null);
  });

  it('are counted by token; those without one are not', () => {
    const open = new OpenConnections({ perAddress: 9, perToken: 1 });
    const principal = Principal.of(entry('t'));
    const leave = open.ofPrincipal(principal, nothing);
    expect(open.ofPrincipal(principal, nothing)).toBe(null);
    expect(open.ofPrincipal(Principal.of(entry('u')), nothing)).not.toBe(null);
    for (let i = 0; i < 3; i++) expect(open.ofPrincipal(Principal.local, nothing)).not.toBe(null);
    leave?.();
    expect(open.ofPrincipal(principal, nothing)).not.toBe(null);
  });

  it('of principals that are no longer good are closed, once, and those that have left are not', () => {
    const open = new OpenConnections();
    const closed: string[] = [];
    for (const id of ['good', 'bad', 'bad', 'left']) {
      const leave = open.ofPrincipal(Principal.of(entry(id)), () => closed.push(id));
      if (id === 'left') leave?.();
    }
    const isGood = ({ token }: Principal): boolean => token?.id === 'good';
    expect([open.sweep(isGood), open.sweep(isGood)]).toEqual([2, 0]);
    expect(closed).toEqual(['bad', 'bad']);
  });
});
