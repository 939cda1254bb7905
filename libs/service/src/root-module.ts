import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { Registry } from 'prom-client';
import { Health } from './health.js';
import { AppIdentity, OperationsController } from './operations.controller.js';

export interface RootModuleParts {
  readonly health: Health;
  readonly metrics: Registry;
  readonly identity: AppIdentity;
}

/** An app's own module, with what every app answers to an operator. */
export function rootModule(module: DynamicModule | Type, parts: RootModuleParts): DynamicModule {
  class RootModule {}
  Module({})(RootModule);
  return {
    module: RootModule,
    imports: [module],
    controllers: [OperationsController],
    providers: [
      { provide: Health, useValue: parts.health },
      { provide: Registry, useValue: parts.metrics },
      { provide: AppIdentity, useValue: parts.identity },
    ],
  };
}
