import { problem } from '@hark/contracts';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Ways in that keep what they know in one process. */
const PATHS = /^\/v1\/(sensor-logger|phyphox|clients)(\/|\?|$)/i;

const NOT_HERE = problem(
  501,
  'one_partition_only',
  'Not with several partitions',
  'Phone apps are served where HARK_KAFKA_PARTITIONS is 1. Nothing was taken: send rows to /v1/samples.',
);
const BODY = JSON.stringify(NOT_HERE);
const TYPE = 'application/problem+json; charset=utf-8';

/** Says so where a service of several partitions is asked for what only one of a single partition has. */
export function refuseOnePartitionRoutes(
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
): void {
  if (!PATHS.test(request.url ?? '')) return next();
  response.statusCode = NOT_HERE.status;
  response.setHeader('content-type', TYPE);
  response.end(BODY);
}
