import { describe, expect, it } from 'vitest';
import { IdleDevices } from './idle-devices.js';

const A = { user: 'u', device: 'a' };
const B = { user: 'u', device: 'b' };

describe('IdleDevices', () => {
  it('makes a device due once it has been silent for the timeout', () => {
    const idle = new IdleDevices(1000);
    idle.received(A, 0, null);
    idle.received(B, 500, null);
    expect(idle.due(999)).toEqual([]);
    expect(idle.due(1000)).toEqual([A]);
    expect(idle.due(1500)).toEqual([A, B]);
  });

  it('starts the silence again with every row', () => {
    const idle = new IdleDevices(1000);
    idle.received(A, 0, null);
    idle.received(A, 900, null);
    expect(idle.due(1899)).toEqual([]);
    expect(idle.due(1900)).toEqual([A]);
  });

  it('does not make a device due again after it was closed, until rows of it come', () => {
    const idle = new IdleDevices(1000);
    idle.received(A, 0, null);
    idle.closed([A]);
    expect(idle.due(9000)).toEqual([]);
    idle.received(A, 9000, null);
    expect(idle.due(10_000)).toEqual([A]);
  });

  it('never makes a device due that a producer holds', () => {
    const idle = new IdleDevices(1000);
    idle.received(A, 0, 'import');
    idle.received(B, 0, 'import');
    expect(idle.due(1e12)).toEqual([]);
    expect(idle.heldBy('import')).toEqual([A, B]);
    idle.closed(idle.heldBy('import'));
    expect(idle.heldBy('import')).toEqual([]);
    expect(idle.due(1e12)).toEqual([]);
  });

  it('goes by whose rows came last', () => {
    const idle = new IdleDevices(1000);
    idle.received(A, 0, 'import');
    idle.received(A, 10, null);
    expect(idle.heldBy('import')).toEqual([]);
    expect(idle.due(1010)).toEqual([A]);
    idle.received(A, 20, 'other');
    expect(idle.due(9000)).toEqual([]);
    expect(idle.heldBy('other')).toEqual([A]);
  });

  it('keeps a device due whose tick failed, unless rows of it came meanwhile', () => {
    const idle = new IdleDevices(1000);
    idle.received(A, 0, null);
    idle.received(B, 0, null);
    idle.closed([A, B]);
    idle.received(B, 1000, null);
    idle.notClosed([A, B], null);
    expect(idle.due(1001)).toEqual([A]);
  });

  it('is not misled by a clock that goes back', () => {
    const idle = new IdleDevices(1000);
    idle.received(A, 5000, null);
    expect(idle.due(0)).toEqual([]);
  });
});
