import { Controller, Get, Header } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { PAGE, PAGE_SCRIPT } from './page.js';

const SCRIPT_HASH = createHash('sha256').update(PAGE_SCRIPT).digest('base64');

@Controller()
export class PageController {
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-cache')
  @Header('x-content-type-options', 'nosniff')
  @Header(
    'content-security-policy',
    `default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; ` +
      `frame-ancestors 'none'; form-action 'none'; script-src 'sha256-${SCRIPT_HASH}'`,
  )
  page(): string {
    return PAGE;
  }
}
