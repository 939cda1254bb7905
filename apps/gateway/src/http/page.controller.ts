import { problem } from '@hark/contracts';
import { ProblemError } from '@hark/service';
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { PageBundle, type PageFile } from './page-bundle.js';
import { FOR_EVER, PAGE_HEADERS } from './page-headers.js';
import { UNBUILT_PAGE } from './unbuilt-page.js';

/** The dashboard: its page at `/`, what the page loads at `/assets/…`. */
@Controller()
export class PageController {
  constructor(@Inject(PageBundle) private readonly bundle: PageBundle) {}

  @Get()
  page(@Req() request: Request, @Res() response: Response): void {
    const page = this.bundle.file('index.html');
    response.set({ ...PAGE_HEADERS, 'cache-control': 'no-cache' });
    if (page === undefined) response.type('text/html; charset=utf-8').send(UNBUILT_PAGE);
    else send(page, request, response);
  }

  @Get('assets/:file')
  asset(@Param('file') name: string, @Req() request: Request, @Res() response: Response): void {
    const file = this.bundle.file(`assets/${name}`);
    if (file === undefined) throw unknownFile(name);
    response.set({ ...PAGE_HEADERS, 'cache-control': FOR_EVER });
    send(file, request, response);
  }
}

function unknownFile(name: string): ProblemError {
  return new ProblemError(
    problem(404, 'unknown_file', 'Unknown file', `The page has no file ${JSON.stringify(name)}.`),
  );
}

function send({ type, body, gzipped, etag }: PageFile, request: Request, response: Response): void {
  response.set({ 'content-type': type, etag, vary: 'accept-encoding' });
  if (request.headers['if-none-match'] === etag) {
    response.status(304).end();
    return;
  }
  const sent = gzipped !== null && request.acceptsEncodings('gzip') === 'gzip' ? gzipped : body;
  if (sent === gzipped) response.set('content-encoding', 'gzip');
  response.set('content-length', String(sent.length)).end(sent);
}
