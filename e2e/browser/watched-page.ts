import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** What a page did that it must not do. */
export interface Misdeeds {
  /** Violations of its policy, and errors that nobody caught. */
  readonly errors: string[];
  /** Requests to another host than its own. */
  readonly outside: string[];
}

/** Opens a page and keeps a list of what it must not do. @param origin of the gateway. */
export async function watchedPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Page & { readonly misdeeds: Misdeeds }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const misdeeds: Misdeeds = { errors: [], outside: [] };
  page.on('pageerror', (error) => misdeeds.errors.push(error.message));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !isLostConnection(text)) misdeeds.errors.push(text);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(data|blob):/.test(url)) misdeeds.outside.push(url);
  });
  return Object.assign(page, { misdeeds });
}

/** What a browser itself says of a service that is away, which is part of the story. */
function isLostConnection(text: string): boolean {
  return /ERR_CONNECTION|WebSocket connection to|Failed to load resource/.test(text);
}
