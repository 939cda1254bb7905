import { UserScope } from '@hark/service';
import { describe, expect, it } from 'vitest';
import { ChannelFilter, type ChannelEntry } from './channel.js';

const entry = (users: readonly string[] | null, more: Partial<ChannelEntry> = {}): ChannelEntry => ({
  offset: 0,
  users,
  devices: null,
  final: true,
  payload: '{}',
  ...more,
});
const ofA = UserScope.of(['a']);
const shows = (filter: ChannelFilter, users: readonly string[] | null) => filter.shown(entry(users)) !== null;

describe('what a subscriber is shown', () => {
  it('is of the users that its token names, though it asks for everybody', () => {
    const filter = new ChannelFilter({ mode: 'update' }, ofA);
    expect([shows(filter, ['a']), shows(filter, ['b']), shows(filter, null)]).toEqual([true, false, true]);
  });

  it('is of nobody where it asks for users that its token does not name', () => {
    const filter = new ChannelFilter({ mode: 'update', users: ['b'] }, ofA);
    expect([shows(filter, ['a']), shows(filter, ['b'])]).toEqual([false, false]);
  });

  it('is of the users it asks for, with a token for everybody', () => {
    const filter = new ChannelFilter({ mode: 'update', users: ['b'] }, UserScope.all);
    expect([shows(filter, ['a']), shows(filter, ['b'])]).toEqual([false, true]);
  });

  it('is of the devices it asks for', () => {
    const filter = new ChannelFilter({ mode: 'update', devices: ['phone'] }, UserScope.all);
    const of = (device: string) => filter.shown(entry(['a'], { devices: [device] })) !== null;
    expect([of('phone'), of('watch')]).toEqual([true, false]);
  });

  it('is what no later message replaces, in append mode', () => {
    const early = entry(['a'], { final: false });
    const shown = (mode: 'append' | 'update') => new ChannelFilter({ mode }, UserScope.all).shown(early);
    expect([shown('append'), shown('update')]).toEqual([null, early]);
  });

  it('is the part of a message that concerns the users of its token, or nothing', () => {
    const part = entry(['a'], { payload: '{"of":"a"}' });
    const whole = entry(null, { within: (scope) => (scope.includes('a') ? part : null) });
    const shown = (scope: UserScope) => new ChannelFilter({ mode: 'update' }, scope).shown(whole);
    expect([shown(UserScope.all), shown(ofA), shown(UserScope.of(['c']))]).toEqual([whole, part, null]);
  });
});
