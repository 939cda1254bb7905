import { expect, it } from 'vitest';
import { GroupMembership, type Member } from './group-membership.js';

/** A consumer that says what was asked of it, and crashes when told to, as kafkajs does. */
function membership({ failing = [] as Error[] } = {}) {
  const asked: string[] = [];
  const failures: Error[] = [];
  let crashed: (event: { payload: { error: Error; restart: boolean } }) => void = () => undefined;
  const consumer = {
    events: { CRASH: 'consumer.crash' },
    on: (_event: string, listener: typeof crashed) => (crashed = listener),
    connect: async () => {
      asked.push('connect');
      const failure = failing.shift();
      if (failure !== undefined) throw failure;
    },
    run: async () => void asked.push('run'),
    disconnect: async () => void asked.push('disconnect'),
  } as unknown as Member;
  const member = new GroupMembership(consumer, {
    onFailure: (error) => failures.push(error),
    pause: async () => void asked.push('pause'),
  });
  const crash = async (error: Error, restart = false) => {
    crashed({ payload: { error, restart } });
    await new Promise(setImmediate);
  };
  return { member, asked, failures, crash };
}

const named = (name: string, type?: string) => Object.assign(new Error(name), { name, type });

it('is begun again where kafkajs gives up because no broker answers', async () => {
  const { asked, failures, crash } = membership();
  await crash(named('KafkaJSGroupCoordinatorNotFound'));
  expect([asked, failures]).toEqual([['pause', 'connect', 'run'], []]);
});

it('is tried again and again while no broker can be reached', async () => {
  const away = named('KafkaJSConnectionError');
  const { asked, failures, crash } = membership({ failing: [away, away] });
  await crash(named('KafkaJSGroupCoordinatorNotFound'));
  expect(asked).toEqual(['pause', 'connect', 'pause', 'connect', 'pause', 'connect', 'run']);
  expect(failures).toEqual([]);
});

it('is left to kafkajs where that begins again by itself', async () => {
  const { asked, failures, crash } = membership();
  await crash(named('KafkaJSNumberOfRetriesExceeded'), true);
  expect([asked, failures]).toEqual([[], []]);
});

it.each([
  named('KafkaJSProtocolError', 'GROUP_AUTHORIZATION_FAILED'),
  named('KafkaJSSASLAuthenticationError'),
  new TypeError('a fault of ours'),
])('ends where trying again would not change that: $name', async (error) => {
  const { asked, failures, crash } = membership();
  await crash(error);
  expect([asked, failures]).toEqual([[], [error]]);
});

it('is not begun again once it was left', async () => {
  const { member, asked, failures, crash } = membership();
  await member.leave();
  await crash(named('KafkaJSGroupCoordinatorNotFound'));
  expect([asked, failures]).toEqual([['disconnect'], []]);
});
