import { Controller, Get, Header, Inject, Module, type DynamicModule } from '@nestjs/common';
import { docsPage, type DocsSection } from './docs-page.js';
import { madeOnce } from './made-once.js';
import type { OpenApiDocument } from './openapi.js';

const DOCUMENT = Symbol('OpenApiDocument');
const PAGE = Symbol('DocsPage');

/** `/openapi.json`, and the same for people at `/docs`. Neither runs a script or asks another host for anything. */
@Controller()
class DocumentsController {
  constructor(
    @Inject(DOCUMENT) private readonly document: () => OpenApiDocument,
    @Inject(PAGE) private readonly page: () => string,
  ) {}

  @Get('openapi.json')
  @Header('cache-control', 'no-cache')
  openApi(): OpenApiDocument {
    return this.document();
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-cache')
  @Header('x-content-type-options', 'nosniff')
  @Header(
    'content-security-policy',
    `default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'; ` +
      `form-action 'none'`,
  )
  docs(): string {
    return this.page();
  }
}

@Module({})
export class DocumentsModule {
  /** @param base where the page's examples ask. @param more sections after the operations. */
  static register(
    document: () => OpenApiDocument,
    base: string,
    more: () => readonly DocsSection[] = () => [],
  ): DynamicModule {
    return {
      module: DocumentsModule,
      controllers: [DocumentsController],
      providers: [
        { provide: DOCUMENT, useValue: document },
        { provide: PAGE, useValue: madeOnce(() => docsPage(document(), base, more())) },
      ],
    };
  }
}
