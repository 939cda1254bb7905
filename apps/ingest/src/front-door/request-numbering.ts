import { isWellFormedId } from '@hark/contracts';
import type { IncomingHttpHeaders } from 'node:http';
import type { Numbering } from './submission.js';

/** The headers that number a batch make no sense. */
export class NumberingError extends Error {
  readonly code = 'invalid_numbering';
}

const MAX_SEQUENCE = 4_294_967_295;

/**
 * How a request is numbered: `Hark-Producer` with `Hark-Sequence`, `Hark-End: 1` on the last; none = not numbered.
 *
 * @throws NumberingError
 */
export function readNumbering(headers: IncomingHttpHeaders): Numbering | undefined {
  const producer = one(headers['hark-producer']);
  const sequenceText = one(headers['hark-sequence']);
  const endText = one(headers['hark-end']);
  if (endText !== undefined && endText !== '0' && endText !== '1') {
    throw new NumberingError(`Hark-End is ${JSON.stringify(endText.slice(0, 64))}, not 0 or 1`);
  }
  const end = endText === '1';
  if (producer === undefined) {
    if (sequenceText === undefined && !end) return undefined;
    throw new NumberingError('Hark-Producer is missing: a sequence is numbered by someone');
  }
  if (!isWellFormedId(producer)) {
    throw new NumberingError(
      'Hark-Producer is not an id: 1 to 128 characters, none of them a control character',
    );
  }
  if (sequenceText === undefined) {
    if (end) return { producer, sequence: null, end };
    throw new NumberingError('Hark-Sequence is missing: a producer numbers its batches 1, 2, 3 …');
  }
  const sequence = /^\d{1,10}$/.test(sequenceText) ? Number(sequenceText) : 0;
  if (sequence < 1 || sequence > MAX_SEQUENCE) {
    const found = JSON.stringify(sequenceText.slice(0, 64));
    throw new NumberingError(`Hark-Sequence is ${found}, not a whole number from 1 to ${MAX_SEQUENCE}`);
  }
  return { producer, sequence, end };
}

/**
 * An end without a number may not bring rows: sent again, they would be taken again.
 *
 * @throws NumberingError
 */
export function checkNumbering(numbering: Numbering | undefined, rows: number): void {
  if (numbering === undefined || numbering.sequence !== null || rows === 0) return;
  throw new NumberingError(
    'Hark-Sequence is missing: Hark-End without it comes with an empty body, after the last batch',
  );
}

/** A header that Node has not joined or made a list of. */
function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
