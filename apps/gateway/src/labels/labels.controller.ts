import { Body, Controller, Delete, Inject, Param, Post } from '@nestjs/common';
import { ActivityVocabulary, type LabelAnswer, type LabelUndone } from '@hark/contracts';
import { Caller, type Principal } from '@hark/service';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { SchemaPipe } from '../http/schema.pipe.js';
import { labelBody } from './label-requests.js';
import { LabelsService } from './labels.service.js';

/** Truth that comes after the samples. */
@Controller('v1/labels')
export class LabelsController {
  constructor(
    @Inject(LabelsService) private readonly service: LabelsService,
    @Inject(ActivityVocabulary) private readonly activities: ActivityVocabulary,
  ) {}

  @Post()
  label(
    @Body() body: unknown,
    @Caller() caller: Principal,
    @IdempotencyKey() key?: string,
  ): Promise<LabelAnswer> {
    const parsed = new SchemaPipe(labelBody(this.activities)).transform(body);
    return this.service.label(parsed, caller, key);
  }

  @Delete(':id')
  undo(@Param('id') id: string, @Caller() caller: Principal): Promise<LabelUndone> {
    return this.service.undo(id, caller);
  }
}
