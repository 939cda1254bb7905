import { problem, SampleBatchBuilder, SENSORS, type RowError, type Sensor } from '@hark/contracts';
import { ProblemError, principalOf } from '@hark/service';
import type { IncomingMessage } from 'node:http';
import { requireOwnUsers } from './own-users.js';
import { InFlightBudget } from './in-flight-budget.js';
import { isUnreadable, problemFor } from './intake-problems.js';
import { readBody } from './request-body.js';
import { checkNumbering, readNumbering } from './request-numbering.js';
import { readSampleBody, sampleFormat, type SampleBody, type SampleBodyOptions } from './sample-body.js';
import type { SampleDoor } from './sample-door.js';
import type { Numbering } from './submission.js';

export interface SampleIntakeOptions {
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** Limit for one body, after inflating. */
  readonly maxBodyBytes?: number;
  /** Limit for the bodies of all requests under way. */
  readonly maxInFlightBytes?: number;
}

/** The answer to `POST /v1/samples`. */
export interface SamplesAnswer {
  readonly accepted: number;
  readonly rejected: number;
  /** The first 20. */
  readonly errors: readonly RowError[];
  /** Present on a numbered batch that had been taken before. */
  readonly duplicate?: true;
}

const MAX_ERRORS = 20;
const SOURCE = 'http';

/** Samples over HTTP, from the request to the answer. */
export class SampleIntake {
  /** Bytes of the requests under way. */
  readonly budget: InFlightBudget;
  private readonly maxBodyBytes: number;

  constructor(
    private readonly frontDoor: SampleDoor,
    private readonly options: SampleIntakeOptions,
  ) {
    this.maxBodyBytes = options.maxBodyBytes ?? 8 << 20;
    this.budget = new InFlightBudget(options.maxInFlightBytes ?? 64 << 20);
  }

  /**
   * Resolves when everything of the request is durable.
   *
   * @throws ProblemError
   */
  async post(request: IncomingMessage): Promise<SamplesAnswer> {
    const share = this.budget.open();
    try {
      const bytes = await readBody(request, this.maxBodyBytes, share);
      const receivedMs = this.options.now();
      const numbering = readNumbering(request.headers);
      const body = await this.read(request, bytes, receivedMs, numbering);
      const rows = body.batch.rows + body.rejected;
      checkNumbering(numbering, rows);
      requireOwnUsers(body, principalOf(request));
      // Before the front door: a number is taken with rows, good or refused, or with an end.
      if (rows === 0 && numbering?.end !== true) throw noRows();
      const { duplicate } = await this.frontDoor.accept({ ...body, source: SOURCE, receivedMs, numbering });
      return answer(body, duplicate);
    } catch (error) {
      throw problemFor(error) ?? error;
    } finally {
      share.release();
    }
  }

  private async read(
    request: IncomingMessage,
    bytes: Uint8Array,
    receivedMs: number,
    numbering: Numbering | undefined,
  ): Promise<SampleBody> {
    const contentType = request.headers['content-type'];
    const isEmptyEnd = bytes.length === 0 && numbering?.end === true;
    const format = isEmptyEnd ? 'json' : sampleFormat(contentType);
    if (format === null) throw unsupportedType(contentType);
    const options = {
      ...optionsOf(request.url ?? ''),
      activities: this.frontDoor.activities,
      receivedMs,
    };
    try {
      return await readSampleBody(bytes, format, options);
    } catch (error) {
      if (isUnreadable(error)) await this.keepUnreadable(bytes, error, receivedMs);
      throw error;
    }
  }

  /** Leaves a trace of a body of which no row could be read. */
  private async keepUnreadable(bytes: Uint8Array, error: Error, receivedMs: number): Promise<void> {
    const text = new TextDecoder().decode(bytes.subarray(0, 1024));
    const batch = new SampleBatchBuilder(1).take();
    const kept = [{ row: 1, code: 'malformed' as const, message: error.message, text, device: null }];
    await this.frontDoor.accept({ batch, rejected: 1, kept, source: SOURCE, receivedMs });
  }
}

/** @throws ProblemError when every row was refused, now or when the batch came before: the client learns the same. */
function answer({ batch, rejected, kept }: SampleBody, duplicate: boolean): SamplesAnswer {
  const errors = kept.slice(0, MAX_ERRORS).map(({ row, code, message }) => ({ row, code, message }));
  if (batch.rows === 0 && rejected > 0) {
    const [first] = errors;
    const detail = `None of ${rejected} rows was taken; row ${first.row}: ${first.message}.`;
    throw new ProblemError({
      ...problem(400, first.code, 'Every row was refused', detail),
      ...{ accepted: 0, rejected, errors },
    });
  }
  if (duplicate) return { accepted: 0, rejected: 0, errors: [], duplicate };
  return { accepted: batch.rows, rejected, errors };
}

function noRows(): ProblemError {
  return new ProblemError(problem(400, 'no_rows', 'No row', 'The body holds no row.'));
}

function unsupportedType(contentType: string | undefined): ProblemError {
  const found = contentType === undefined ? 'none was given' : JSON.stringify(contentType.slice(0, 64));
  return new ProblemError(
    problem(
      415,
      'unsupported_type',
      'Unsupported media type',
      `Content-Type: ${found}. Taken are application/json, application/x-ndjson, text/csv, ` +
        'text/tab-separated-values and application/x-protobuf, in UTF-8.',
    ),
  );
}

/** Of rows that don't say it themselves: `?sensor=` and `?columns=`. */
function optionsOf(url: string): Pick<SampleBodyOptions, 'sensor' | 'columns'> {
  const query = url.indexOf('?');
  if (query < 0) return { sensor: undefined, columns: undefined };
  const parameters = new URLSearchParams(url.slice(query));
  return { sensor: sensorOf(parameters.getAll('sensor')), columns: columnsOf(parameters.getAll('columns')) };
}

function sensorOf(values: readonly string[]): Sensor | undefined {
  const value = values.length > 1 ? values : values.at(0);
  if (value === undefined || value === '') return undefined;
  if ((SENSORS as readonly unknown[]).includes(value)) return value as Sensor;
  const detail = `sensor=${JSON.stringify(value).slice(0, 64)} is neither accelerometer nor gyroscope.`;
  throw new ProblemError(problem(400, 'unknown_sensor', 'Unknown sensor', detail));
}

function columnsOf(values: readonly string[]): readonly string[] | undefined {
  return values.length === 1 && values[0] !== '' ? values[0].split(',') : undefined;
}
