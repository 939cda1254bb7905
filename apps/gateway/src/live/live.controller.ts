import { Controller, Get } from '@nestjs/common';
import { problem } from '@hark/contracts';
import { ProblemError } from '@hark/service';

/** `/v1/live` asked for without an upgrade. */
@Controller('v1/live')
export class LiveController {
  @Get()
  get(): never {
    throw new ProblemError(
      problem(
        426,
        'upgrade_required',
        'Upgrade Required',
        'This is a WebSocket; GET /v1/events has the same channels as server-sent events.',
      ),
      { upgrade: 'websocket', connection: 'Upgrade' },
    );
  }
}
