import { problem } from '@hark/contracts';
import { HOLDER_HEADER, type ProblemError, type SharedPartitions } from '@hark/service';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InFlightBudget } from '../front-door/in-flight-budget.js';
import { problemFor } from '../front-door/intake-problems.js';
import { SequenceGapError, TooManyProducersError } from '../front-door/producers.js';
import { readBody } from '../front-door/request-body.js';
import type { IngestPartition } from './ingest-partition.js';
import { decodePart } from './part-message.js';
import { PartitionAwayError } from './partition-away-error.js';
import type { PartitionedDoor } from './partitioned-door.js';

export interface PartsRouteOptions {
  readonly held: Pick<SharedPartitions<IngestPartition>, 'get'>;
  readonly door: PartitionedDoor;
  readonly budget: InFlightBudget;
}

const PATH = /^\/v1\/partitions\/(\d{1,6})\/(samples|producers\/([^/?]+))$/;
/** A body of 8 MiB takes less than this as a part. */
const MAX_BYTES = 64 << 20;

/**
 * What other ingest processes hand on to this one. They show that they belong to the service by knowing who opened
 * the partition's writer, which stands in its journal alone: so a part never gets to a holder of before either.
 */
export function partsRoute({ held, door, budget }: PartsRouteOptions) {
  return async (request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> => {
    const match = PATH.exec(request.url ?? '');
    if (match === null) return next();
    const partition = Number(match[1]);
    const share = budget.open();
    try {
      const work = held.get(partition);
      if (work === null || request.headers[HOLDER_HEADER] !== work.writer.owner)
        throw new PartitionAwayError(partition);
      if (match[3] !== undefined) {
        return answer(response, 200, work.frontDoor.producer(decodeURIComponent(match[3])));
      }
      const submission = decodePart(await readBody(request, MAX_BYTES, share));
      const receipt = await door.takeHandedOn(partition, submission);
      if (receipt === null) throw new PartitionAwayError(partition);
      answer(response, 200, receipt);
    } catch (error) {
      const known: ProblemError | null = problemFor(error);
      const body =
        known?.problem ?? problem(500, 'internal', 'Internal error', 'This part could not be taken.');
      answer(response, body.status, { ...body, ...detailsOf(error) });
    } finally {
      share.release();
    }
  };
}

/** What the other process needs to make the same error of it. */
function detailsOf(error: unknown): object {
  if (error instanceof SequenceGapError) return { found: error.found, expected: error.expected };
  return error instanceof TooManyProducersError ? { limit: error.limit } : {};
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.statusCode = status;
  response.setHeader('content-type', status === 200 ? 'application/json' : 'application/problem+json');
  response.end(JSON.stringify(body));
}
