import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { APPS, Service, type App } from '../harness.js';

const BATCH = [
  'Index,Arrival_Time,Creation_Time,x,y,z,User,Model,Device,gt',
  '0,1424696633908,1424696633908000000,0,0,9.8,a,nexus4,phone,walk',
].join('\n');

/** @returns null when there was no answer. */
async function post(url: string): Promise<number | null> {
  try {
    const response = await fetch(`${url}/v1/samples?sensor=accelerometer`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: BATCH,
    });
    await response.text();
    return response.status;
  } catch {
    return null;
  }
}

const isReady = async (url: string): Promise<boolean> =>
  (await fetch(`${url}/health/ready`).catch(() => null))?.ok === true;

describe('an app that stands still until another has taken its place', () => {
  let first: Service;
  let second: Service;
  let paused = 0;
  afterEach(async () => {
    if (paused > 0) resume();
    await second?.stop();
    await first?.stop();
  });

  /** Both on one folder: as when a supervisor takes a pause for a death. */
  async function replaced(app: App): Promise<void> {
    first = await Service.start();
    second = Object.assign(new Service(), { data: first.data });
    paused = first.pid(app);
    process.kill(paused, 'SIGSTOP');
    await second.startApp(app);
  }

  function resume(): void {
    process.kill(paused, 'SIGCONT');
    paused = 0;
  }

  it.each(APPS)(
    'is never ready again: %s',
    async (app) => {
      await replaced(app);
      resume();
      while (await isReady(first.url(app))) await sleep(20);
      expect(await isReady(second.url(app))).toBe(true);
    },
    60_000,
  );

  it('acknowledges nothing more', async () => {
    await replaced('ingest');
    // Waits in the first one's socket until it moves again.
    const late = post(first.url('ingest'));
    resume();
    expect(await late).not.toBe(200);
    expect(await post(first.url('ingest'))).not.toBe(200);
    expect(await post(second.url('ingest'))).toBe(200);
  }, 120_000);
});
