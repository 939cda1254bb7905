import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousViolations } from './accessibility.js';
import { chromiumPath, launch } from './chromium.js';
import { picture } from './pictures.js';
import { RunningDemo } from './running-demo.js';
import { watchedPage } from './watched-page.js';

describe.skipIf(chromiumPath === null)('the dashboard of a service that asks for tokens', () => {
  let demo: RunningDemo;
  let browser: Browser;
  let page: Awaited<ReturnType<typeof watchedPage>>;

  beforeAll(async () => {
    [browser, demo] = await Promise.all([launch(), RunningDemo.start('--lan')]);
    page = await watchedPage(browser, demo.url);
    await page.goto(demo.url);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  const dialog = () => page.getByRole('dialog', { name: 'A token is needed' });

  async function enter(token: string): Promise<void> {
    await dialog().getByLabel('Token').fill(token);
    await dialog().getByRole('button', { name: 'Use it' }).click();
  }

  it('asks for one, and shows nothing of anybody without', async () => {
    await dialog().waitFor();
    expect(await page.locator('.device').count()).toBe(0);
    expect(await seriousViolations(page)).toEqual([]);
    await picture(page, 'token');
  });

  it('says of a wrong one that it is not known', async () => {
    await enter(`${demo.token?.slice(0, -4)}0000`);
    await dialog().getByText('This token is not known').waitFor();
  });

  it('goes live with a right one, which it never writes into an address', async () => {
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(request.url()));
    await enter(demo.token ?? '');
    await page.locator('.device').first().waitFor({ timeout: 20_000 });
    await expect.poll(() => page.locator('.pill').innerText()).toBe('live');
    expect(addresses.filter((each) => each.includes('hk_'))).toEqual([]);
  });

  it('is still let in after a reload, and its session ends with the tab', async () => {
    await page.reload();
    await page.locator('.device').first().waitFor({ timeout: 20_000 });
    const another = await watchedPage(browser, demo.url);
    await another.goto(demo.url);
    await another.getByRole('dialog', { name: 'A token is needed' }).waitFor();
    await another.close();
  });

  it('broke no rule of its policy, threw no error and asked no other host', () => {
    expect(page.misdeeds).toEqual({ errors: [], outside: [] });
  });
});
