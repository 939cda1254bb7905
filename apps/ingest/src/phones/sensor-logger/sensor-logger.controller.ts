import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import { principalOf } from '@hark/service';
import type { Request, Response } from 'express';
import { ForbiddenUserError } from '../../front-door/own-users.js';
import { SampleIntake } from '../../front-door/sample-intake.js';
import { tell } from '../../devices/connections/request-attempts.js';
import { queryText, withBody } from '../device-body.js';
import { screenText } from './screen-text.js';
import { SensorLogger, type Taken } from './sensor-logger.js';

/** The answer where there is nothing to show on the phone. */
export type SensorLoggerAnswer = Pick<Taken, 'verdict' | 'accepted' | 'rejected' | 'ignored' | 'missing'>;

@Controller('v1/sensor-logger')
export class SensorLoggerController {
  constructor(
    @Inject(SensorLogger) private readonly sensorLogger: SensorLogger,
    @Inject(SampleIntake) private readonly intake: SampleIntake,
  ) {}

  /** 499 with a sentence is what the app shows; what can be used was taken all the same. */
  @Post()
  async post(@Req() request: Request, @Res() response: Response): Promise<void> {
    const taken = await withBody(request, this.intake, (bytes) => this.take(request, bytes));
    tell(request, taken);
    const sentence = screenText(taken.code);
    if (sentence !== null) {
      response.status(499).type('text/plain').send(sentence);
      return;
    }
    const { verdict, accepted, rejected, ignored, missing } = taken;
    response.status(200).json({ verdict, accepted, rejected, ignored, missing } satisfies SensorLoggerAnswer);
  }

  private async take(request: Request, bytes: Uint8Array): Promise<Taken> {
    const frame = queryText(request, 'frame');
    if (frame !== undefined && frame !== 'ios' && frame !== 'android') return refused('unknown_frame');
    try {
      return await this.sensorLogger.take(bytes, {
        source: 'http',
        principal: principalOf(request),
        receivedMs: Date.now(),
        user: queryText(request, 'user'),
        model: queryText(request, 'model'),
        frame,
      });
    } catch (error) {
      if (error instanceof ForbiddenUserError) return refused('forbidden_user');
      throw error;
    }
  }
}

function refused(code: string): Taken {
  return {
    verdict: 'refused',
    code,
    user: null,
    device: null,
    accepted: 0,
    rejected: 0,
    ignored: 0,
    missing: 0,
    aheadMs: null,
  };
}
