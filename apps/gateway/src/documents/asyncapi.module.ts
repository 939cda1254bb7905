import { Controller, Get, Header, Inject, Module, type DynamicModule } from '@nestjs/common';
import type { AsyncApiDocument } from './asyncapi.js';

const DOCUMENT = Symbol('AsyncApiDocument');

/** `/asyncapi.json` */
@Controller('asyncapi.json')
class AsyncApiController {
  constructor(@Inject(DOCUMENT) private readonly document: () => AsyncApiDocument) {}

  @Get()
  @Header('cache-control', 'no-cache')
  asyncApi(): AsyncApiDocument {
    return this.document();
  }
}

@Module({})
export class AsyncApiModule {
  static register(document: () => AsyncApiDocument): DynamicModule {
    return {
      module: AsyncApiModule,
      controllers: [AsyncApiController],
      providers: [{ provide: DOCUMENT, useValue: document }],
    };
  }
}
