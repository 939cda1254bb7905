import { describe, expect, it } from 'vitest';
import { StateReader, StateWriter } from '@hark/streaming';
import { ErrorScope } from './error-scope.js';

/** 600 windows of two users with a device each, one in ten wrong; then 100 with ann's `walk` always wrong. */
function watched(): ErrorScope {
  const scope = new ErrorScope();
  const users = ['ann', 'bob'];
  const classes = ['walk', 'sit', 'bike'];
  for (let i = 0; i < 700; i++) {
    const user = users[i % 2];
    const klass = classes[(i >> 1) % 3];
    const changed = i >= 600 && user === 'ann' && klass === 'walk';
    scope.add(user, `${user}-phone`, klass, changed || i % 10 === (i >> 4) % 10);
  }
  return scope;
}

describe('the scope of a rise in error', () => {
  it('names the users, devices and classes whose error rose', () => {
    expect(watched().risen(100, 0.1, 0.25)).toEqual({
      users: ['ann'],
      devices: ['ann-phone'],
      classes: ['walk'],
    });
  });

  it('names nobody when nothing rose', () => {
    const scope = new ErrorScope();
    for (let i = 0; i < 600; i++) scope.add('ann', 'phone', 'walk', i % 10 === 0);
    expect(scope.risen(100, 0.1, 0.4)).toEqual({ users: [], devices: [], classes: [] });
  });

  it('compares a new device with the overall error before', () => {
    const scope = new ErrorScope();
    for (let i = 0; i < 600; i++) scope.add('ann', 'phone', 'walk', false);
    for (let i = 0; i < 40; i++) scope.add('ann', 'watch', 'walk', i % 2 === 0);
    expect(scope.risen(40, 0, 0.5)).toEqual({ users: ['ann'], devices: ['watch'], classes: ['walk'] });
  });

  it('gives the mean error of the last windows', () => {
    const scope = new ErrorScope();
    expect(scope.recentError(100)).toBe(0);
    for (let i = 0; i < 400; i++) scope.add('ann', 'phone', 'walk', i >= 375);
    expect(scope.recentError(100)).toBe(0.25);
    expect(scope.recentError(25)).toBe(1);
  });

  it('is the same after a restore', () => {
    const scope = watched();
    const state = new StateWriter('t', 1);
    scope.write(state);
    const restored = new ErrorScope();
    restored.read(new StateReader(state.finish(), 't', 1));
    expect(restored).toEqual(scope);
  });
});
