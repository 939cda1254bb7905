import { expect, it } from 'vitest';
import { Gravity } from './gravity.js';

const grid = (x: number[], y: number[], z: number[]) => ({
  x: Float64Array.from(x),
  y: Float64Array.from(y),
  z: Float64Array.from(z),
});

it('is the direction of the mean acceleration', () => {
  const gravity = new Gravity();
  gravity.update(grid([3, 3], [-4, -4], [1, -1]));
  expect([gravity.x, gravity.y, gravity.z]).toEqual([0.6000000000000001, -0.8, 0]);
  expect([...gravity.mean]).toEqual([3, -4, 0]);
});

it('is nowhere when the sensor has gravity removed', () => {
  const gravity = new Gravity();
  gravity.update(grid([0.5, 0.7], [0, 0], [0.2, -0.2]));
  expect([gravity.x, gravity.y, gravity.z]).toEqual([0, 0, 0]);
});

it('tells by how much the two halves of the window differ', () => {
  const gravity = new Gravity();
  gravity.update(grid([0, 0, 3, 3], [9, 9, 9, 9], [0, 0, 2, 6]));
  expect(gravity.change).toBe(5);
});

it('splits a signal along gravity, with sign, and across it', () => {
  const gravity = new Gravity();
  gravity.update(grid([0, 0], [0, 0], [10, 10]));
  const along = new Float64Array(2);
  const across = new Float64Array(2);
  gravity.split(grid([4, 0], [4, 0], [5, 12]), Float64Array.of(1, 0, 10), along, across);
  expect([...along]).toEqual([-5, 2]);
  expect([...across]).toEqual([5, 1]);
});
