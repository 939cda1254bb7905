import { ProblemError } from '@hark/service';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SampleIntake, SamplesAnswer } from './sample-intake.js';

export const SAMPLES_PATH = 'v1/samples';

/** Told what became of each request. */
export type SamplesTold = (request: object, outcome: SamplesAnswer | ProblemError) => void;

/**
 * `POST /v1/samples` as Nest middleware: a thousand devices ask it a thousand times a second, and Nest's way to a
 * controller takes longer than taking the samples does. What goes wrong is answered by the filters, as everywhere.
 */
export function samplesRoute(intake: SampleIntake, told: SamplesTold = () => undefined) {
  return async (
    request: IncomingMessage,
    response: ServerResponse,
    next: (error: unknown) => void,
  ): Promise<void> => {
    try {
      const answer = await intake.post(request);
      told(request, answer);
      send(response, JSON.stringify(answer));
    } catch (error) {
      if (error instanceof ProblemError) told(request, error);
      next(error);
    }
  };
}

function send(response: ServerResponse, body: string): void {
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
