import { expect, it } from 'vitest';
import { LogAwayError } from '../../log/log.js';
import { Availability } from './availability.js';

function watched() {
  const said: (string | null)[] = [];
  let now = 0;
  const availability = new Availability(
    (reason) => said.push(reason),
    () => now,
  );
  return { availability, said, pass: (ms: number) => (now += ms) };
}

it('says once that Kafka is away, and once that it is back', () => {
  const { availability, said, pass } = watched();
  availability.lost(new LogAwayError('refused'));
  pass(2000);
  availability.lost(new LogAwayError('refused'));
  availability.lost(new LogAwayError('refused again'));
  expect(availability.away).toBe('refused');
  availability.found();
  availability.found();
  expect(said).toEqual(['refused', null]);
  expect(availability.away).toBe(null);
});

it('says nothing of a partition that finds a new leader within a second', () => {
  const { availability, said, pass } = watched();
  availability.lost(new LogAwayError('not the leader'));
  pass(1000);
  availability.lost(new LogAwayError('not the leader'));
  availability.found();
  pass(1000);
  availability.lost(new LogAwayError('not the leader'));
  expect(said).toEqual([]);
});
