import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { SampleIntake, type SamplesAnswer } from './sample-intake.js';

@Controller('v1/samples')
export class SamplesController {
  constructor(@Inject(SampleIntake) private readonly intake: SampleIntake) {}

  @Post()
  @HttpCode(200)
  post(@Req() request: Request): Promise<SamplesAnswer> {
    return this.intake.post(request);
  }
}
