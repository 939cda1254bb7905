import { Controller, Get, Header, Inject } from '@nestjs/common';
import type { DeviceAsyncApi } from './device-asyncapi.js';

export const DEVICE_ASYNC_API = Symbol('DeviceAsyncApi');

/** `/asyncapi.json` */
@Controller('asyncapi.json')
export class DeviceAsyncApiController {
  constructor(@Inject(DEVICE_ASYNC_API) private readonly document: () => DeviceAsyncApi) {}

  @Get()
  @Header('cache-control', 'no-cache')
  asyncApi(): DeviceAsyncApi {
    return this.document();
  }
}
